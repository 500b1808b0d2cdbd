# SPDX-License-Identifier: GPL-2.0-only
"""Checks: the time that commands take, to the microsecond, and the counters of
what is under way meanwhile."""

import struct

from . import admin
from .admin import (ALL_COMMANDS, COMMON_READ, COMMON_WRITE, LIST_USE, NOTIFY_INFO, OK,
                    Q_OPCODE)


def slow_lab(binary, model, latency_us):
    """An owner that takes its time from now on."""
    lab = admin.Lab(binary, latency_model=model)
    start = lab.start

    def start_then_slow(*options):
        start(*options)
        lab.qom("latency-us", latency_us)
        lab.qom("admin-stats-reset", True)
    lab.start = start_then_slow
    return lab


def post(lab, count=1, member=1):
    """One doorbell for all of them; none is answered at once."""
    for _ in range(count):
        lab.post(COMMON_READ, member, b"\x12", 1)
    assert not lab.kick()


def answers_after(lab, microseconds):
    """How many come in the last of these microseconds; there is none before."""
    if microseconds > 1:
        lab.machine.step(microseconds - 1)
    assert not lab.queue.completions(), "too early"
    lab.machine.step(1)
    return len(lab.queue.completions())


def check_latency_pipelined(binary):
    for latency in (1, 20, 200):
        with slow_lab(binary, "pipelined", latency) as lab:
            post(lab, 5)
            assert answers_after(lab, latency) == 5
    with slow_lab(binary, "pipelined", 20) as lab:
        post(lab)
        lab.machine.step(5)
        post(lab, 2)
        assert answers_after(lab, 15) == 1
        post(lab)
        assert answers_after(lab, 5) == 2
        assert answers_after(lab, 15) == 1
        assert lab.stats()["max-outstanding"] == 3
        assert lab.stats()["overdue-ns"] == 0


def check_latency_serial(binary):
    for latency in (1, 20, 200):
        with slow_lab(binary, "serial", latency) as lab:
            post(lab, 3)
            for _ in range(3):
                assert answers_after(lab, latency) == 1
    with slow_lab(binary, "serial", 20) as lab:
        post(lab, 2)
        lab.machine.step(5)
        post(lab, 2, member=2)
        assert answers_after(lab, 15) == 1
        for _ in range(3):
            assert answers_after(lab, 20) == 1
        lab.machine.step(1000)
        post(lab)
        assert answers_after(lab, 20) == 1, "a pause saves nothing up"


def check_latency_of_nothing(binary):
    for model in ("pipelined", "serial"):
        with slow_lab(binary, model, 0) as lab:
            assert lab.read(18, 1).status == OK


def check_latency_keeps_the_order(binary):
    """What comes when the device has become faster stays behind what came before."""
    with slow_lab(binary, "serial", 100) as lab:
        lab.post(COMMON_WRITE, 1, b"\x0e" + bytes(7) + b"\x02\0")
        assert not lab.kick()
        lab.qom("latency-model", "pipelined")
        lab.qom("latency-us", 0)
        lab.post(COMMON_READ, 1, b"\x0e", 2)
        assert not lab.kick(), "it overtook"
        lab.machine.step(100)
        replies = [admin.Reply(*c) for c in lab.queue.completions()]
        assert len(replies) == 2 and replies[1].result == b"\2\0", replies
        assert lab.stats()["overdue-ns"] == 0


def check_overdue(binary):
    """Time passes, and QEMU does not look at its clock meanwhile."""
    with slow_lab(binary, "pipelined", 20) as lab:
        post(lab, 2)
        lab.machine.qmp("stop")
        lab.machine.step(50)
        assert not lab.queue.completions()
        lab.machine.qmp("cont")
        lab.machine.step(1)
        assert len(lab.queue.completions()) == 2
        stats = lab.stats()
        assert stats["max-overdue-ns"] in (30000, 31000), stats
        assert stats["overdue-ns"] == 2 * stats["max-overdue-ns"], stats


def check_latency_and_reset(binary):
    with slow_lab(binary, "pipelined", 1000) as lab:
        lab.post(COMMON_WRITE, 1, b"\x12" + bytes(7) + b"\1")
        lab.kick()
        assert lab.stats()["outstanding"] == 1
        lab.bring_up()
        lab.machine.step(5000)
        assert lab.stats()["outstanding"] == 0
        assert not lab.queue.completions()
        lab.qom("latency-us", 0)
        assert lab.read(18, 1).is_error(Q_OPCODE), "list survived the reset"
        assert lab.list_use(ALL_COMMANDS).status == OK
        lab.qom("admin-stats-reset", True)
        assert lab.value(18, 1) == 0, "the command survived the reset"
        assert lab.member_stats(1)["waits"] == 1, "it counts as outstanding"


def check_waits(binary):
    """A wait is a command that comes while its member has none outstanding."""
    with slow_lab(binary, "pipelined", 20) as lab:
        post(lab, 3)
        assert lab.member_stats(1)["waits"] == 1
        post(lab, member=2)
        lab.machine.step(10)
        post(lab)
        assert answers_after(lab, 10) == 4
        post(lab)
        assert answers_after(lab, 10) == 1
        post(lab)
        assert answers_after(lab, 10) == 1
        assert answers_after(lab, 10) == 1
        post(lab)
        assert answers_after(lab, 20) == 1
        stats = lab.stats()
        waits = {n: m["waits"] for n, m in stats["members"].items()}
        most = {n: m["max-outstanding"] for n, m in stats["members"].items()}
        assert waits == {"1": 2, "2": 1, "3": 0}, waits
        assert most == {"1": 4, "2": 1, "3": 0}, most
        assert stats["max-outstanding"] == 5


def check_waits_without_latency(binary):
    """What one doorbell announces came together; each command of its own is a wait."""
    with admin.Lab(binary) as lab:
        lab.qom("admin-stats-reset", True)
        for _ in range(3):
            lab.post(COMMON_READ, 1, b"\x12", 1)
        assert len(lab.kick()) == 3
        assert lab.member_stats(1)["waits"] == 1
        for _ in range(3):
            lab.read(18, 1)
        lab.run(NOTIFY_INFO, 1, room=64)
        assert lab.member_stats(1)["waits"] == 5
        assert lab.member_stats(1)["max-outstanding"] == 3


def check_waits_behind_a_lost_command(binary):
    """It stays outstanding, so nothing behind it finds the member idle."""
    with admin.Lab(binary) as lab:
        lab.qom("admin-stats-reset", True)
        lab.qom("fault", "3,1,never,count=1")
        assert not lab.read_later()
        lab.read(18, 1)
        lab.read(18, 1, 9)
        lab.run(LIST_USE, 1, data=struct.pack("<Q", ALL_COMMANDS))
        assert lab.member_stats(1)["waits"] == 1
        assert lab.member_stats(1)["max-outstanding"] == 2
        lab.bring_up()
        assert lab.list_use(ALL_COMMANDS).status == OK
        lab.read(18, 1)
        assert lab.member_stats(1)["waits"] == 2


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]
