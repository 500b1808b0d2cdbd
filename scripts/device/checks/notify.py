# SPDX-License-Identifier: GPL-2.0-only
"""Checks: NOTIFY_INFO entries, and what the addresses in them do."""

import struct

from . import admin
from .admin import COMMON_WRITE, NOTIFY_INFO, OK

RINGS = 0x2000000


def entries(lab, member=1):
    reply = lab.run(NOTIFY_INFO, member, room=64)
    assert reply.status == OK and reply.used == 72, reply
    return [struct.unpack("<BB6xQ", reply.result[i:i + 16])
            for i in range(0, 64, 16)]


def address(lab, entry, member):
    flags, bar, offset = entry
    function = lab.topology.owner if flags == 1 else lab.members[member - 1]
    return function.bars[bar] + offset


def is_valid(lab, entry):
    flags, bar, offset = entry
    return (flags in (1, 2) and 1 <= bar <= 5 and offset % 2 == 0 and
            offset < 0x1000 and bar in lab.topology.owner.bars)


def check_notify_info_entries(binary):
    expected = {"none": [], "owner": [1], "member": [2], "both": [2, 1],
                "invalid-owner": [None, None, 1],
                "invalid-member": [None, None, 2],
                "invalid-only": [None, None]}
    with admin.Lab(binary) as lab:
        for kind, flags in expected.items():
            lab.qom("notify-info", kind)
            found = entries(lab)
            assert found[3] == (0, 0, 0), "the last entry ends the list"
            for entry, flag in zip(found, flags):
                assert is_valid(lab, entry) == bool(flag), (kind, entry)
                assert flag is None or entry[0] == flag
            assert all(not any(e) for e in found[len(flags):]), kind


def check_notify_info_short(binary):
    with admin.Lab(binary) as lab:
        assert lab.run(NOTIFY_INFO, 1, room=8).used == 16
        reply = lab.run(NOTIFY_INFO, 1, room=100)
        assert reply.used == 72 and reply.raw[72:] == b"\xee" * 36


def check_notify_addresses_are_distinct(binary):
    with admin.Lab(binary, notify_info="both") as lab:
        seen = [address(lab, entry, member) for member in (1, 2, 3)
                for entry in entries(lab, member)[:2]]
        assert len(set(seen)) == 6, seen


def doorbells(lab, member):
    return lab.member_stats(member)["doorbells"]


def check_doorbells_are_counted(binary):
    with admin.Lab(binary, notify_info="both") as lab:
        for member in (1, 3):
            member_entry, owner_entry = entries(lab, member)[:2]
            lab.machine.put(address(lab, member_entry, member), 2, 1)
            for _ in range(2):
                lab.machine.put(address(lab, owner_entry, member), 2, 1)
            for _ in range(3):
                lab.write(16, b"\1\0", member)
        for member, counts in ((1, (2, 1, 3)), (2, (0, 0, 0)), (3, (2, 1, 3))):
            assert doorbells(lab, member) == dict(
                zip(("owner", "member", "command"), counts))
        assert lab.member_stats(1)["early-doorbells"] == 6
        assert not lab.stats()["violations"]
        lab.machine.put(address(lab, entries(lab)[0], 1), 4, 1)
        assert lab.stats()["violations"], "a doorbell is 16 bits wide"
        assert doorbells(lab, 1)["member"] == 1


def legacy_transmit_ring(lab, member):
    """A legacy driver with one packet in the transmit queue; used index."""
    base = RINGS + member * 0x100000
    for status in (1, 3):
        lab.write(18, bytes([status]), member)
    lab.write(4, bytes(4), member)
    lab.write(14, b"\1\0", member)
    size = lab.value(12, 2, member)
    lab.machine.write(base, bytes(0x20000))
    lab.machine.write(base + 0x40000, bytes(100))
    lab.machine.write(base, struct.pack("<QIHH", base + 0x40000, 74, 0, 0))
    lab.write(8, struct.pack("<I", base >> 12), member)
    lab.members[member - 1].set_command(4)
    lab.write(18, b"\7", member)
    lab.machine.put(base + 16 * size + 2, 2, 1)
    used = (base + 16 * size + 6 + 2 * size + 4095) & ~4095
    return lambda: lab.machine.get(used + 2, 2)


def wait_for(lab, condition):
    for _ in range(200):
        lab.machine.step(100)
        if condition():
            return True
    return False


def check_every_way_moves_the_queue(binary):
    for way, kind in (("owner", "owner"), ("member", "member"),
                      ("command", "none")):
        with admin.Lab(binary, notify_info=kind) as lab:
            # The start kicks each queue once, before there is a packet.
            used = legacy_transmit_ring(lab, 2)
            wait_for(lab, lambda: False)
            before = used()
            if way == "command":
                lab.run(COMMON_WRITE, 2, b"\x10" + bytes(7) + b"\1\0")
            else:
                lab.machine.put(address(lab, entries(lab, 2)[0], 2), 2, 1)
            assert wait_for(lab, lambda: used() == 1), (way, before, used())


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]
