# SPDX-License-Identifier: GPL-2.0-only
"""Checks: each kind of misbehaviour that can be asked for, and the next
command, which is answered correctly."""

from . import admin
from .admin import COMMON_READ, COMMON_WRITE, OK


def setup(lab, fault):
    lab.qom("fault", fault)
    lab.queue.completions()


def good(lab):
    lab.qom("fault", "")
    assert lab.value(14, 2) == 0


def check_fault_status(binary):
    with admin.Lab(binary) as lab:
        for status in (0, 6, 11, 12, 16, 22, 28, 99, 0xFFFF):
            setup(lab, "2,1,status,%d,count=1" % status)
            reply = lab.write(18, b"\1")
            assert reply.status == status and reply.used == 8, reply
            assert lab.value(18, 1) == 0, "not executed"
            assert lab.read(18, 1).status == OK
        assert lab.stats()["faults"] == {"status": 9}
        good(lab)


def check_fault_only_where_asked(binary):
    with admin.Lab(binary) as lab:
        setup(lab, "3,2,status,16")
        assert lab.read(18, 1, 1).status == OK
        assert lab.read(18, 1, 2).status == 16
        assert lab.write(18, b"\1", 2).status == OK
        assert lab.read(18, 1, 2).status == 16
        setup(lab, "any,1,status,11,count=1;3,any,status,12,count=1")
        assert lab.read(18, 1, 1).status == 11
        assert lab.read(18, 1, 1).status == 12
        assert lab.read(18, 1, 1).status == OK
        assert lab.qom("fault").count("count=0") == 2
        good(lab)


def check_fault_short(binary):
    with admin.Lab(binary) as lab:
        setup(lab, "3,1,short")
        reply = lab.read(0, 4)
        assert reply.used == 8 and reply.raw[8:] == b"\xee" * 4, reply
        setup(lab, "3,1,short,10")
        assert lab.read(0, 4).used == 10
        setup(lab, "3,1,short,0")
        assert lab.read(0, 4).used == 0
        good(lab)


def check_fault_long(binary):
    with admin.Lab(binary) as lab:
        setup(lab, "3,1,long")
        reply = lab.read(0, 4)
        assert reply.used == 12 + 64 and reply.status == OK
        setup(lab, "3,1,long,4000000000")
        assert lab.read(0, 4).used == 12 + 4000000000
        good(lab)


def check_fault_garbage(binary):
    with admin.Lab(binary) as lab:
        right = lab.read(0, 4).result
        setup(lab, "3,1,garbage")
        wrong = [lab.read(0, 4) for _ in range(3)]
        assert all(r.status == OK and r.used == 12 for r in wrong)
        assert any(r.result != right for r in wrong)
        setup(lab, "3,1,garbage,1")
        assert any(lab.read(0, 4).status for _ in range(3))
        good(lab)


def check_fault_late(binary):
    with admin.Lab(binary) as lab:
        setup(lab, "2,1,late,50,count=1")
        lab.post(COMMON_WRITE, 1, b"\x12" + bytes(7) + b"\1")
        lab.post(COMMON_READ, 1, b"\x12", 1)
        replies = lab.kick()
        assert len(replies) == 1 and replies[0].result == b"\0", replies
        lab.machine.step(49000)
        assert not lab.queue.completions()
        lab.machine.step(1001)
        assert len(lab.queue.completions()) == 1
        assert lab.value(18, 1) == 1
        good(lab)


def check_fault_twice(binary):
    with admin.Lab(binary) as lab:
        setup(lab, "3,1,twice,count=1")
        lab.post(COMMON_READ, 1, b"\x12", 1)
        replies = lab.kick()
        assert len(replies) == 2 and replies[0].head == replies[1].head
        for _ in range(200):
            good(lab)


def check_fault_quiet(binary):
    with admin.Lab(binary) as lab:
        lab.transport.read_isr()
        lab.read(18, 1)
        assert lab.transport.read_isr() == 1
        setup(lab, "3,1,quiet,count=1")
        lab.read(18, 1)
        assert lab.transport.read_isr() == 0
        good(lab)


def check_fault_never(binary):
    with admin.Lab(binary) as lab:
        setup(lab, "2,1,never,count=2")
        for _ in range(2):
            lab.post(COMMON_WRITE, 1, b"\x12" + bytes(7) + b"\1")
        assert not lab.kick()
        lab.machine.step(100000000)
        assert not lab.queue.completions()
        assert lab.value(18, 1) == 0, "not executed"
        assert lab.stats()["outstanding"] == 2
        lab.bring_up()
        assert lab.stats()["outstanding"] == 0


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]
