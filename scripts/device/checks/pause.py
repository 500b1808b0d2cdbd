# SPDX-License-Identifier: GPL-2.0-only
"""Checks: a pause of the software behind the device. Commands complete late or
never, registers freeze, queues of members stand still, state is lost."""

import struct

from . import admin, virtio
from .admin import COMMON_READ, COMMON_WRITE, LIST_QUERY, OK
from .notify import RINGS, legacy_transmit_ring, wait_for

STATUS, SELECT, SIZE, DESC = 20, 22, 24, 32
HOUR = 3600 * 1000000


def read(lab, member=1):
    return lab.post(COMMON_READ, member, b"\x12", 1)


def completed(lab, microseconds=0):
    """Heads of the commands that complete in that time."""
    if microseconds:
        lab.machine.step(microseconds)
    return [head for head, _, _ in lab.queue.completions()]


def registers(lab):
    """The common configuration, as bytes."""
    return [lab.transport.get(offset, 1) for offset in range(64)]


def end(lab):
    lab.qom("pause", "none")
    assert lab.qom("pause") == "none"


def ring_reset(lab):
    """Up again, with the feature to reset a queue."""
    lab.transport.start(virtio.F_ADMIN_VQ, virtio.F_SR_IOV, virtio.F_RING_RESET)
    lab.new_queue()
    lab.transport.driver_ok()
    assert lab.list_use(admin.ALL_COMMANDS).status == OK


def check_pause_late_completes_all_commands_after_its_time(binary):
    with admin.Lab(binary) as lab:
        lab.qom("latency-us", 100)
        posted = [read(lab)]
        assert not lab.kick()
        lab.qom("pause", "late,2000")
        assert lab.qom("pause") == "late,2000"
        posted += [read(lab, 2), lab.post(LIST_QUERY, room=8)]
        assert not lab.kick()
        assert not completed(lab, 1999999)
        assert lab.stats()["outstanding"] == 3
        assert completed(lab, 1) == posted
        assert lab.qom("pause") == "none"
        stats = lab.stats()
        assert stats["pauses"] == 1 and stats["overdue-ns"] == 0, stats
        lab.qom("latency-us", 0)
        assert lab.value(18, 1) == 0


def check_pause_late_without_time_lasts_until_none_is_set(binary):
    with admin.Lab(binary) as lab:
        lab.qom("pause", "late")
        lab.post(COMMON_WRITE, 1, b"\x12" + bytes(7) + b"\1")
        assert not lab.kick()
        assert not completed(lab, HOUR)
        member = virtio.Transport(lab.machine, lab.members[0])
        assert member.get(STATUS, 1) == 0, "executed during the pause"
        end(lab)
        assert len(completed(lab)) == 1 and member.get(STATUS, 1) == 1


def check_pause_ended_early_does_not_end_the_next_pause(binary):
    with admin.Lab(binary) as lab:
        lab.qom("pause", "late,20")
        end(lab)
        lab.qom("pause", "late")
        read(lab)
        assert not lab.kick()
        assert not completed(lab, HOUR)
        assert lab.stats()["pauses"] == 2


def check_pause_late_delays_commands_with_other_faults(binary):
    with admin.Lab(binary) as lab:
        lab.qom("fault", "3,1,late,5;3,2,stuck,10")
        posted = [read(lab, 1), read(lab, 2)]
        assert not lab.kick()
        lab.qom("pause", "late,20")
        assert not completed(lab, 19999)
        assert sorted(completed(lab, 1)) == posted
        assert lab.stats()["overdue-ns"] == 0


def check_pause_lost_loses_earlier_commands_and_those_of_the_pause(binary):
    with admin.Lab(binary) as lab:
        ring_reset(lab)
        lab.qom("fault", "any,3,late,50")
        read(lab, 3)
        assert not lab.kick()
        lab.qom("fault", "")
        lab.qom("pause", "lost,20")
        lab.post(COMMON_WRITE, 1, b"\x12" + bytes(7) + b"\1")
        assert not lab.kick()
        assert not completed(lab, HOUR)
        assert lab.stats()["outstanding"] == 2
        assert lab.value(18, 1) == 0, "a lost command was executed"
        lab.transport.put(SELECT, 2, 64)
        lab.transport.put(58, 2, 1)
        assert lab.stats()["outstanding"] == 0
        lab.new_queue()
        assert lab.read(18, 1).status == OK


def check_pause_not_frozen_leaves_registers_to_the_driver(binary):
    with admin.Lab(binary) as lab:
        lab.qom("pause", "late")
        read(lab)
        assert not lab.kick()
        lab.transport.reset()
        assert lab.transport.get(STATUS, 1) == 0
        lab.bring_up()
        query = lab.post(LIST_QUERY, room=8)
        assert not lab.kick()
        end(lab)
        assert completed(lab) == [query], "the reset took the first command back"


def check_pause_frozen_keeps_registers_and_ignores_writes(binary):
    with admin.Lab(binary) as lab:
        transport = lab.transport
        transport.put(SELECT, 2, 64)
        before = registers(lab)
        lab.qom("pause", "late,frozen")
        for offset, width, value in ((SELECT, 2, 0), (SIZE, 2, 8), (DESC, 4, 0x3000),
                                     (STATUS, 1, 15 | 128), (0, 4, 1), (16, 2, 0)):
            transport.put(offset, width, value)
        assert registers(lab) == before
        assert transport.get(DESC, 8) == admin.MEMORY
        owner = lab.topology.owner
        assert owner.get(0, 4) == 0x10411AF4, "configuration space answers"
        owner.put(0x3C, 1, 5)
        assert owner.get(0x3C, 1) == 5, "configuration space takes writes"
        end(lab)
        assert registers(lab) == before
        assert lab.read(18, 1).status == OK


def check_pause_frozen_hides_what_happens_to_the_registers(binary):
    with admin.Lab(binary) as lab:
        lab.qom("pause", "late,frozen")
        lab.qom("needs-reset", True)
        assert lab.transport.get(STATUS, 1) == 15
        end(lab)
        assert lab.transport.get(STATUS, 1) == 15 | 64


def check_pause_frozen_ends_a_reset_with_the_pause(binary):
    with admin.Lab(binary) as lab:
        lab.qom("admin-stats-reset", True)
        lab.qom("pause", "late,20,frozen")
        late = read(lab)
        assert not lab.kick()
        lab.transport.reset()
        lab.machine.step(19999)
        assert lab.transport.get(STATUS, 1) == 15
        assert lab.stats()["outstanding"] == 1, "the device still has the command"
        lab.machine.step(1)
        assert completed(lab) == [late], "it came before the reset"
        assert lab.transport.get(STATUS, 1) == 0
        assert not lab.violations()
        lab.bring_up()
        assert lab.run(LIST_QUERY).status == OK


def check_pause_frozen_lost_ends_a_reset_without_completions(binary):
    with admin.Lab(binary) as lab:
        lab.qom("pause", "lost,20,frozen")
        read(lab)
        assert not lab.kick()
        lab.transport.reset()
        assert not completed(lab, 20000)
        assert lab.transport.get(STATUS, 1) == 0
        assert lab.stats()["outstanding"] == 0


def check_pause_deaf_ignores_a_reset(binary):
    with admin.Lab(binary) as lab:
        lab.qom("pause", "late,20,deaf")
        late = read(lab)
        assert not lab.kick()
        lab.transport.reset()
        assert lab.transport.get(STATUS, 1) == 15
        assert completed(lab, 20000) == [late]
        assert lab.transport.get(STATUS, 1) == 15
        assert lab.read(18, 1).status == OK


def check_register_written_before_a_frozen_reset_ends_is_violation(binary):
    for offset, width, value, bad in ((STATUS, 1, 1, True), (SELECT, 2, 0, True),
                                      (STATUS, 1, 128, False), (STATUS, 1, 0, False)):
        with admin.Lab(binary) as lab:
            lab.qom("admin-stats-reset", True)
            lab.qom("pause", "late,frozen")
            lab.transport.put(SELECT, 2, 64)
            lab.transport.reset()
            assert not lab.violations()
            lab.transport.put(offset, width, value)
            assert len(lab.violations()) == bad, (offset, lab.violations())
            assert not bad or "before the reset ended" in lab.violations()[0]


def check_pause_without_data_lets_members_queues_go_on(binary):
    with admin.Lab(binary) as lab:
        used = legacy_transmit_ring(lab, 2)
        lab.qom("pause", "late")
        lab.machine.put(lab.members[1].bars[2] + 0x40, 2, 1)
        assert wait_for(lab, lambda: used() == 1)


def check_pause_with_data_stops_members_queues_until_its_end(binary):
    with admin.Lab(binary) as lab:
        used = legacy_transmit_ring(lab, 2)
        assert not used()
        lab.qom("pause", "late,data")
        lab.machine.put(lab.members[1].bars[2] + 0x40, 2, 1)
        assert not wait_for(lab, lambda: used())
        end(lab)
        assert wait_for(lab, lambda: used() == 1), "without another doorbell"


def modern_member(lab, index):
    """Queue index of the second VF, under a modern driver."""
    lab.members[1].set_command(4)
    transport = virtio.Transport(lab.machine, lab.members[1])
    transport.start()
    queue = virtio.Queue(transport, index, RINGS)
    transport.driver_ok()
    return queue


REQUESTS = {
    # type, queue, readable parts, writable lengths
    "blk": (0, [struct.pack("<IIQ", 0, 0, 0)], [512, 1]),
    "rng": (0, [], [16]),
    "balloon": (0, [struct.pack("<I", 5)], []),
    "scsi": (2, [b"\1\0\0\0\0\0\0\0" + bytes(43)], [108]),
    "9p": (0, [struct.pack("<IBHI", 19, 100, 0xFFFF, 8192) + b"\x06\x009P2000"], [64]),
    "console": (3, [struct.pack("<IHH", 0, 0, 1)], []),
}


def check_pause_with_data_stops_queues_of_every_type(binary):
    for kind, (index, readable, writable) in REQUESTS.items():
        with admin.Lab(binary, kind=kind) as lab:
            queue = modern_member(lab, index)
            queue.post(readable, writable)
            queue.kick()
            assert wait_for(lab, queue.completions), kind
            lab.qom("pause", "lost,data")
            queue.post(readable, writable)
            queue.kick()
            assert not wait_for(lab, queue.completions), kind
            end(lab)
            assert wait_for(lab, queue.completions), kind


def check_pause_lost_keeps_members_state_unless_told(binary):
    for options, status in (("lost,20", 7), ("lost,20,data", 7), ("lost,20,members", 0),
                            ("lost,20,members,data", 0)):
        with admin.Lab(binary) as lab:
            used = legacy_transmit_ring(lab, 2)
            member = virtio.Transport(lab.machine, lab.members[1])
            lab.qom("admin-stats-reset", True)
            lab.qom("pause", options)
            if "data" in options:
                lab.machine.put(lab.members[1].bars[2] + 0x40, 2, 1)
            lab.machine.step(19999)
            assert member.get(STATUS, 1) == 7, options
            lab.machine.step(1)
            assert lab.value(18, 1, member=2) == status, options
            assert (lab.value(8, 4, member=2) != 0) == (status != 0), options
            assert lab.members[1].get(4, 2) == 4, "configuration space is kept"
            assert lab.member_stats(2)["status0"] == 0, "no driver reset it"
            moved = wait_for(lab, lambda: used() == 1)
            assert moved == (options == "lost,20,data"), options


def check_pause_lost_owner_comes_back_reset(binary):
    with admin.Lab(binary) as lab:
        lab.qom("pause", "lost,20,owner")
        read(lab)
        assert not lab.kick()
        lab.machine.step(19999)
        assert lab.transport.get(STATUS, 1) == 15
        lab.machine.step(1)
        assert lab.transport.get(STATUS, 1) == 0
        assert lab.stats()["outstanding"] == 0
        assert lab.topology.vf_enable(), "configuration space is kept"
        lab.bring_up()
        assert lab.run(LIST_QUERY).status == OK
        assert lab.read(18, 1).is_error(admin.Q_OPCODE), "the list is lost"


def check_pause_of_bad_text_is_refused(binary):
    with admin.Lab(binary) as lab:
        for text in ("", "late,lost", "frozen", "late,5,6", "late,-1", "late,members",
                     "late,owner", "lost,some", "late,,"):
            try:
                lab.qom("pause", text)
            except RuntimeError:
                assert lab.qom("pause") == "none", text
            else:
                assert False, text
        lab.qom("pause", "late,data")
        try:
            lab.qom("pause", "late")
        except RuntimeError:
            pass
        else:
            assert False, "a second pause"
        assert lab.qom("pause") == "late,data"
        lab.qom("pause", "none")
        lab.qom("pause", "none")
        assert lab.read(18, 1).status == OK


def check_surprise_removal_ends_a_pause(binary):
    with admin.Lab(binary) as lab:
        lab.qom("pause", "late,20,frozen,data")
        read(lab)
        assert not lab.kick()
        lab.qom("surprise-removal", True)
        owner = lab.topology.owner
        assert wait_for(lab, lambda: owner.get(0, 4) == 0xFFFFFFFF)
        lab.machine.step(50000)
        lab.machine.qmp("device_add", driver="virtio-net-owner-pci", id="pf0",
                        bus="rp0", netdev="pf", members=3, ioeventfd=False,
                        **{"member-backend": "m"})
        assert wait_for(lab, lambda: owner.get(0, 4) == 0x10411AF4)
        lab.start(3)
        used = legacy_transmit_ring(lab, 2)
        lab.machine.put(lab.members[1].bars[2] + 0x40, 2, 1)
        assert wait_for(lab, lambda: used() == 1)


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]
