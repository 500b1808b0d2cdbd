# SPDX-License-Identifier: GPL-2.0-only
"""Checks: functions that are laid out differently. Capabilities to ignore, VF
Migration Capable, a 64-bit MSI-X BAR."""

import struct

from . import admin, qtest, virtio
from .admin import OK
from .notify import address, entries, legacy_transmit_ring, wait_for

COMMON, VENDOR, SHARED_MEMORY = 1, 9, 8
DOORBELLS = 2
NAMES = ("reserved-overlap", "reserved-long", "vendor-overlap", "vendor-long",
         "vendor-short", "shared-memory")


def capabilities(function):
    """cfg_type, cap_len and the first 24 bytes of each virtio capability."""
    found = []
    for offset in function.capability(0x09):
        data = bytes(function.get(offset + n, 1) for n in range(min(24, 256 - offset)))
        found.append((data[3], data[2], data))
    return found


def extras(lab, function, count):
    """Those in front of the common configuration."""
    found = capabilities(function)
    # QEMU adds its own in front of each other: the window into the BARs is last.
    assert [kind for kind, _, _ in found[count:]] == [5, 2, 4, 3, COMMON], found
    return found[:count]


def check_extra_capabilities_have_their_contents(binary):
    overlap = struct.pack("<BxxxII", DOORBELLS, 0, 0x1000)
    for name in NAMES:
        with admin.Lab(binary, extra_capabilities=name) as lab:
            for function in (lab.topology.owner, lab.members[2]):
                (kind, length, data), = extras(lab, function, 1)
                if name.startswith("reserved"):
                    assert kind not in (*range(1, 6), VENDOR, SHARED_MEMORY), kind
                elif name.startswith("vendor"):
                    vendor, = struct.unpack("<H", data[4:6])
                    assert kind == VENDOR and vendor == 0x1B00 | DOORBELLS, vendor
                else:
                    assert kind == SHARED_MEMORY and length == 24
                    assert data[4:16] == overlap and data[16:24] == struct.pack("<II", 0, 1)
                if name == "reserved-overlap":
                    assert length == 16 and data[4:16] == overlap
                elif name == "vendor-overlap":
                    assert length == 16 and data[4] == DOORBELLS and data[8:16] == overlap[4:]
                elif name.endswith("long"):
                    assert length == 255 and data[8:16] == b"\xff" * 8
                elif name.endswith("short"):
                    assert length == 6
            assert lab.read(18, 1).status == OK


def check_extra_capabilities_can_be_several(binary):
    with admin.Lab(binary, extra_capabilities="reserved-overlap+vendor-short") as lab:
        for function in (lab.topology.owner, lab.members[0]):
            kinds = [kind for kind, _, _ in extras(lab, function, 2)]
            assert kinds[0] == VENDOR and kinds[1] > VENDOR, kinds
        assert lab.read(18, 1).status == OK
    with admin.Lab(binary) as lab:
        extras(lab, lab.topology.owner, 0)
        extras(lab, lab.members[0], 0)


def check_extra_capabilities_without_room_are_refused(binary):
    for text in ("some", "reserved-long+shared-memory", "vendor-short+"):
        try:
            with admin.Lab(binary, vfs=0, use=False, extra_capabilities=text):
                assert False, text
        except qtest.Gone as error:
            assert "extra-capabilities are none" in str(error), error


def check_vf_migration_capable_is_set_when_told(binary):
    for told in ("off", "on"):
        with admin.Lab(binary, vf_migration=told) as lab:
            register = lab.topology.owner.get(lab.topology.sriov + 4, 4)
            assert register & 1 == (told == "on"), hex(register)
            lab.topology.owner.function_reset()
            assert lab.topology.owner.get(lab.topology.sriov + 4, 4) == register


def masks_table_entry(lab, function):
    """Whether the MSI-X table is where the BAR is."""
    msix = function.capability(0x11)[0]
    assert function.get(msix + 4, 4) & 7 == 1, "BAR of the table"
    entry = function.bars[1]
    lab.machine.put(entry, 4, 0xFEE01000)
    lab.machine.put(entry + 12, 4, 1)
    return lab.machine.get(entry, 4) == 0xFEE01000 and lab.machine.get(entry + 12, 4) == 1


def check_msix_bar_is_64_bit_when_told(binary):
    for told, kind in (("off", 0), ("on", 0xC)):
        with admin.Lab(binary, msix_64=told) as lab:
            owner, sriov = lab.topology.owner, lab.topology.sriov
            assert owner.get(0x14, 4) & 0xF == kind
            assert owner.get(sriov + 0x28, 4) & 0xF == kind
            assert owner.get(sriov + 0x24, 4) == 0, "VF BAR0"
            assert masks_table_entry(lab, owner) and masks_table_entry(lab, lab.members[2])


def check_msix_bar_above_4_gib_works(binary):
    with admin.Lab(binary, msix_64="on", high=True) as lab:
        for function in (lab.topology.owner, *lab.members):
            assert function.bars[1] > 1 << 32 and function.bars[4] > 1 << 32
            assert function.bars[3] < 1 << 32
            assert masks_table_entry(lab, function)
        assert lab.value(18, 1) == 0
        lab.members[0].enable_msix(True)
        assert lab.value(20, 2) == 0xFFFF


def check_doorbells_with_64_bit_msix_bar_are_in_bar_3(binary):
    with admin.Lab(binary, msix_64="on", notify_info="both") as lab:
        found = entries(lab, 2)
        assert [entry[1] for entry in found[:2]] == [3, 3]
        used = legacy_transmit_ring(lab, 2)
        lab.machine.put(address(lab, found[0], 2), 2, 1)
        assert wait_for(lab, lambda: used() == 1)
        lab.machine.put(address(lab, found[1], 2), 2, 1)
        assert lab.member_stats(2)["doorbells"] == {"owner": 1, "member": 1, "command": 0}
        assert not lab.violations()
        lab.qom("notify-info", "invalid-owner")
        assert [entry[1] for entry in entries(lab, 2)[:3]] == [7, 3, 3]
    with admin.Lab(binary, msix_64="on", vfs=0, use=False, up=False,
                   capability_fault="bar") as lab:
        (_, _, common), = [found for found in capabilities(lab.topology.owner)
                           if found[0] == COMMON]
        assert common[4] not in lab.topology.owner.bars


def check_extra_capability_over_doorbells_follows_their_bar(binary):
    with admin.Lab(binary, msix_64="on",
                   extra_capabilities="reserved-overlap+vendor-short") as lab:
        for function in (lab.topology.owner, lab.members[0]):
            _, (_, _, data) = extras(lab, function, 2)
            assert data[4] == 3, data
        assert virtio.Transport(lab.machine, lab.members[0]).get(20, 1) == 0


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]
