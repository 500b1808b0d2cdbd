# SPDX-License-Identifier: GPL-2.0-only
"""Checks: the order in which commands of several members are executed, and a
command that is stuck in the device."""

from . import admin, virtio
from .admin import COMMON_READ, COMMON_WRITE, LIST_QUERY, OK

HOUR = 3600 * 1000000


def read(lab, member):
    """The head of a read of the status, without a doorbell."""
    return lab.post(COMMON_READ, member, b"\x12", 1)


def heads(replies):
    return [reply.head for reply in replies]


def completed_after(lab, microseconds):
    lab.machine.step(microseconds)
    return heads(admin.Reply(*c) for c in lab.queue.completions())


def clear(lab):
    lab.qom("fault", "")
    return completed_after(lab, 1)


def check_commands_in_arrival_order_stay_in_order(binary):
    with admin.Lab(binary) as lab:
        posted = [read(lab, member) for member in (1, 1, 2, 3, 2)]
        assert heads(lab.kick()) == posted


def check_commands_in_members_order_overtake_other_members(binary):
    with admin.Lab(binary, admin_order="members") as lab:
        first, second, third, fourth, fifth = (
            read(lab, member) for member in (1, 1, 2, 3, 2))
        assert heads(lab.kick()) == [fourth, third, fifth, first, second]
        assert not lab.violations()


def check_commands_in_members_order_keep_their_members_order(binary):
    with admin.Lab(binary, admin_order="members") as lab:
        for n in range(5):
            for member in (1, 2, 3):
                lab.post(COMMON_WRITE, member, b"\x0e" + bytes(7) + bytes([n, member]))
                lab.post(COMMON_READ, member, b"\x0e", 2)
        values = [r.result for r in lab.kick() if r.used == 10]
        for member in (1, 2, 3):
            assert [v[0] for v in values if v[1] == member] == list(range(5)), values
        assert [v[1] for v in values] != [1, 2, 3] * 5, "no member overtook another"


def check_members_order_with_latency_is_kept_among_due_commands(binary):
    with admin.Lab(binary, admin_order="members") as lab:
        lab.qom("latency-us", 20)
        early = [read(lab, 1)]
        assert not lab.kick()
        lab.machine.step(5)
        late = [read(lab, member) for member in (1, 2)]
        assert not lab.kick()
        assert completed_after(lab, 15) == early
        assert completed_after(lab, 5) == late[::-1]
        assert lab.stats()["overdue-ns"] == 0


def check_stuck_command_in_arrival_order_stops_every_member(binary):
    with admin.Lab(binary) as lab:
        lab.qom("fault", "any,2,stuck")
        before, stuck, same, other = (read(lab, member) for member in (1, 2, 2, 3))
        assert heads(lab.kick()) == [before]
        assert not completed_after(lab, HOUR)
        behind = lab.post(LIST_QUERY, room=8)
        assert not lab.kick()
        assert lab.stats()["outstanding"] == 4
        assert clear(lab) == [stuck, same, other, behind]
        assert lab.stats()["faults"] == {"stuck": 1}
        assert lab.stats()["overdue-ns"] == 0


def check_stuck_command_in_members_order_stops_its_member_only(binary):
    with admin.Lab(binary, admin_order="members") as lab:
        lab.qom("fault", "any,2,stuck")
        stuck, same, other = (read(lab, member) for member in (2, 2, 3))
        assert heads(lab.kick()) == [other]
        query = lab.post(LIST_QUERY, room=8)
        assert heads(lab.kick()) == [query]
        assert not completed_after(lab, HOUR)
        lab.qom("latency-us", 20)
        slow = read(lab, 1)
        assert not lab.kick()
        assert completed_after(lab, 20) == [slow]
        assert clear(lab) == [stuck, same]
        assert lab.stats()["overdue-ns"] == 0


def check_stuck_command_is_executed_when_it_is_released(binary):
    with admin.Lab(binary) as lab:
        member = virtio.Transport(lab.machine, lab.members[0])
        lab.qom("fault", "2,1,stuck")
        lab.post(COMMON_WRITE, 1, b"\x12" + bytes(7) + b"\1")
        assert not lab.kick()
        assert member.get(20, 1) == 0
        assert len(clear(lab)) == 1
        assert member.get(20, 1) == 1


def check_stuck_command_with_time_completes_after_it(binary):
    for order in ("arrival", "members"):
        with admin.Lab(binary, admin_order=order) as lab:
            lab.qom("fault", "3,2,stuck,50,count=1")
            posted = [read(lab, 2), read(lab, 2)]
            assert not lab.kick()
            assert not completed_after(lab, 49999)
            assert completed_after(lab, 1) == posted, order
            assert lab.stats()["overdue-ns"] == 0
            assert lab.read(18, 1, member=2).status == OK, "the fault was for one command"


def check_stuck_command_meets_faults_that_are_set_anew(binary):
    with admin.Lab(binary) as lab:
        lab.qom("fault", "3,2,stuck")
        read(lab, 2)
        assert not lab.kick()
        lab.qom("fault", "3,2,stuck;3,1,stuck")
        assert not completed_after(lab, HOUR)
        lab.qom("fault", "3,2,status,16")
        assert [admin.Reply(*c).status for c in lab.queue.completions()] == [16]


def check_resets_free_the_device_of_a_stuck_command(binary):
    for order in ("arrival", "members"):
        with admin.Lab(binary, vfs=3, use=False, admin_order=order) as lab:
            lab.transport.start(virtio.F_ADMIN_VQ, virtio.F_SR_IOV, virtio.F_RING_RESET)
            lab.new_queue()
            lab.transport.driver_ok()
            assert lab.list_use(admin.ALL_COMMANDS).status == OK
            lab.qom("fault", "any,2,stuck")
            read(lab, 2)
            assert not lab.kick()
            lab.transport.put(22, 2, 64)
            lab.transport.put(58, 2, 1)
            assert lab.stats()["outstanding"] == 0
            lab.new_queue()
            assert lab.read(18, 1, member=1).status == OK, "after a queue reset"
            read(lab, 2)
            assert not lab.kick()
            lab.bring_up()
            assert lab.list_use(admin.ALL_COMMANDS).status == OK
            assert lab.read(18, 1, member=3).status == OK, "after a device reset"
            lab.qom("fault", "")
            assert not lab.queue.completions()
            assert lab.read(18, 1, member=2).status == OK


def check_order_set_while_a_command_is_stuck_takes_effect_at_once(binary):
    with admin.Lab(binary) as lab:
        lab.qom("fault", "any,2,stuck,count=1")
        stuck, other = read(lab, 2), read(lab, 1)
        assert not lab.kick()
        lab.qom("admin-order", "members")
        assert completed_after(lab, 1) == [other]
        assert clear(lab) == [stuck]


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]
