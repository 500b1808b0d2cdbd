# SPDX-License-Identifier: GPL-2.0-only
"""Checks of every device type: identity and configuration fields against the
specification, bytes and queues against QEMU's own transitional device, which
shares the models but none of the way to them."""

import struct

from . import admin, pci
from .admin import DEVICE_READ, DEVICE_WRITE, OK, Q_FIELD
from .commands import in_one_field

NET = [(0, 6), (6, 2)]
BLOCK = [(0, 8), (8, 4), (12, 4), (16, 2), (18, 1), (19, 1), (20, 4), (24, 1),
         (25, 1), (26, 2), (28, 4), (32, 1), (34, 2), (36, 4), (40, 4), (44, 4),
         (48, 4), (52, 4), (56, 1)]
SCSI = [(0, 4), (4, 4), (8, 4), (12, 4), (16, 4), (20, 4), (24, 4), (28, 2),
        (30, 2), (32, 4)]

REFERENCE_PORT = 0xC000


class Type:
    """One row: the specification's numbers, then how QEMU's own device of
    that type is made like a member, and the feature bits that it has instead."""

    def __init__(self, kind, virtio_id, pci_class, queues, fields, reference,
                 differs=()):
        self.kind, self.virtio_id, self.pci_class = kind, virtio_id, pci_class
        self.queues, self.fields = queues, fields
        self.reference, self.differs = reference, differs

    def lab(self, binary):
        template, _ = admin.BACKENDS.get(self.kind, ([], ""))
        more = [part.replace("%s", "m9") for part in template]
        return admin.Lab(binary, members=2, kind=self.kind, more=more + [
            "-device", self.reference +
            ",addr=2.0,disable-modern=on,disable-legacy=off"])


TYPES = [
    Type("net", 1, 0x0200, 3, NET,
         "virtio-net-pci,netdev=m9,mac=52:54:00:aa:00:01"),
    # SCSI commands (bit 7) are for disks without virtio 1.x only, at the price of ANY_LAYOUT (27).
    Type("blk", 2, 0x0100, 1, BLOCK, "virtio-blk-pci,drive=m9", {7, 27}),
    Type("console", 3, 0x0780, 10, [(0, 2), (2, 2), (4, 4), (8, 4)],
         "virtio-serial-pci,max_ports=4"),
    Type("rng", 4, 0x00FF, 1, [], "virtio-rng-pci"),
    # QEMU's has statistics (1) and page poison (4), with a queue and fields for them.
    Type("balloon", 5, 0x00FF, 2, [(0, 4), (4, 4)], "virtio-balloon-pci", {1, 4}),
    Type("scsi", 8, 0x0100, 3, SCSI, "virtio-scsi-pci"),
    Type("9p", 9, 0x0002, 1, [(0, 2), (2, 2)],
         "virtio-9p-pci,fsdev=m9,mount_tag=m1"),
]


class Reference:
    """The legacy registers of QEMU's transitional device, through its ports."""

    def __init__(self, machine):
        self.machine = machine
        self.function = pci.Function(machine, 0, 2 << 3)
        self.function.put(0x10, 4, REFERENCE_PORT)
        self.function.set_command(5)

    def get(self, offset, width):
        return self.machine.in_port(REFERENCE_PORT + offset, width)

    def queue_size(self, index):
        self.machine.command("outw", hex(REFERENCE_PORT + 14), hex(index))
        return self.get(12, 2)


def each_type(check):
    """The check of one type, for all: a failure says of which."""
    def run(binary):
        for kind in TYPES:
            with kind.lab(binary) as lab:
                try:
                    check(lab, kind)
                except AssertionError as error:
                    raise AssertionError("%s: %s" % (kind.kind, error)) from error
    run.__name__ = check.__name__
    return run


@each_type
def check_type_identity(lab, kind):
    owner, sriov = lab.topology.owner, lab.topology.sriov
    reference = Reference(lab.machine).function
    assert owner.get(0, 4) == (0x1040 + kind.virtio_id) << 16 | 0x1AF4
    assert owner.get(sriov + 0x1A, 2) == 0x1040 + kind.virtio_id, "VF device id"
    assert owner.get(sriov + 0x24, 4) == 0, "VF BAR0"
    for function in (owner, lab.members[0], reference):
        assert function.get(10, 2) == kind.pci_class, hex(function.get(10, 2))
    for function in (owner, lab.members[0]):
        assert function.get(8, 1) == 1, "revision"
        assert function.get(0x2E, 2) >= 0x40, "subsystem id"
    msix = lab.members[0].capability(0x11)[0]
    assert lab.members[0].get(msix + 2, 2) & 0x7FF == kind.queues, "vectors"


@each_type
def check_type_fields(lab, kind):
    end = max([start + width for start, width in kind.fields], default=0)
    for offset in range(end + 10):
        for length in range(10):
            good = in_one_field(kind.fields, offset, length)
            reply = lab.read(offset, length, opcode=DEVICE_READ)
            assert (reply.status == OK) == good, (offset, length, reply)
            assert good or reply.is_error(Q_FIELD), (offset, length, reply)
            reply = lab.write(offset, bytes(length), opcode=DEVICE_WRITE)
            assert (reply.status == OK) == good, (offset, length, reply)


@each_type
def check_type_bytes(lab, kind):
    reference = Reference(lab.machine)
    for start, width in kind.fields:
        ours = lab.read(start, width, opcode=DEVICE_READ).result
        theirs = bytes(reference.get(20 + start + n, 1) for n in range(width))
        assert ours == theirs, (start, ours.hex(), theirs.hex())
    differ = lab.value(0, 4) ^ reference.get(0, 4)
    assert {bit for bit in range(32) if differ >> bit & 1} == set(kind.differs), hex(differ)
    for index in range(kind.queues + 1):
        wanted = reference.queue_size(index) if index < kind.queues else 0
        lab.write(14, struct.pack("<H", index))
        ours = lab.value(12, 2)
        assert ours == wanted, ("queue", index, ours, wanted)


class LegacyQueue:
    """One queue set up through the legacy interface, one page-aligned block."""

    def __init__(self, lab, index, memory):
        self.lab, self.index, self.memory = lab, index, memory
        lab.write(14, struct.pack("<H", index))
        self.size = lab.value(12, 2)
        self.available = memory + 16 * self.size
        self.used = (self.available + 6 + 2 * self.size + 4095) & ~4095
        self.posted = 0
        lab.machine.write(memory, bytes(self.used + 8192 - memory))
        lab.write(8, struct.pack("<I", memory >> 12))

    def post(self, address, length, writable):
        slot, machine = self.posted % self.size, self.lab.machine
        machine.write(self.memory + 16 * slot,
                      struct.pack("<QIHH", address, length, 2 * writable, 0))
        machine.put(self.available + 4 + 2 * slot, 2, slot)
        self.posted += 1
        machine.put(self.available + 2, 2, self.posted)
        self.lab.write(16, struct.pack("<H", self.index))

    def used_index(self):
        return self.lab.machine.get(self.used + 2, 2)


def legacy_driver(lab):
    lab.members[0].set_command(4)
    for status in (b"\0", b"\1", b"\3"):
        lab.write(18, status)


def check_entropy(binary):
    with admin.Lab(binary, members=1, kind="rng") as lab:
        legacy_driver(lab)
        queue = LegacyQueue(lab, 0, admin.MEMORY + 0x100000)
        lab.write(18, b"\7")
        buffer = admin.MEMORY + 0x80000
        lab.machine.write(buffer, bytes(64))
        queue.post(buffer, 64, True)
        for _ in range(200):
            if queue.used_index():
                break
            lab.machine.step(1000)
        assert queue.used_index() == 1
        assert lab.machine.read(buffer, 64).count(0) < 16, "not random"


def check_balloon_counts_and_touches_nothing(binary):
    with admin.Lab(binary, members=2, kind="balloon") as lab:
        legacy_driver(lab)
        inflate = LegacyQueue(lab, 0, admin.MEMORY + 0x100000)
        deflate = LegacyQueue(lab, 1, admin.MEMORY + 0x110000)
        lab.write(18, b"\7")
        victim, numbers = admin.MEMORY + 0x200000, admin.MEMORY + 0x80000
        lab.machine.write(victim, b"\x5a" * 4096 * 3)
        lab.machine.write(numbers, struct.pack("<3I", *(
            (victim >> 12) + n for n in range(3))))
        inflate.post(numbers, 12, False)
        assert inflate.used_index() == 1
        deflate.post(numbers, 4, False)
        assert lab.write(4, struct.pack("<I", 2), opcode=DEVICE_WRITE).status == OK
        assert lab.value(4, 4, opcode=DEVICE_READ) == 2
        stats = lab.member_stats(1)
        assert (stats["inflated"], stats["deflated"], stats["actual"]) == (3, 1, 2)
        assert lab.member_stats(2)["inflated"] == 0
        assert lab.machine.read(victim, 4096 * 3) == b"\x5a" * 4096 * 3
        lab.qom("member-pages", 77)
        assert lab.value(0, 4, opcode=DEVICE_READ) == 77
        lab.qom("admin-stats-reset", True)
        stats = lab.member_stats(1)
        assert (stats["inflated"], stats["deflated"], stats["actual"]) == (0, 0, 2)


def check_block_queue_size(binary):
    """A legacy driver takes the size as it is, and SeaBIOS takes none above this one."""
    with admin.Lab(binary, members=1, kind="blk") as lab:
        assert lab.value(12, 2) == 256


def check_block_write_back(binary):
    """The one writable field of a disk, and one that is not."""
    with admin.Lab(binary, members=1, kind="blk") as lab:
        legacy_driver(lab)
        lab.write(4, struct.pack("<I", 1 << 11))
        for mode in (0, 1):
            lab.write(32, bytes([mode]), opcode=DEVICE_WRITE)
            assert lab.value(32, 1, opcode=DEVICE_READ) == mode
        lab.write(0, bytes(8), opcode=DEVICE_WRITE)
        assert lab.value(0, 8, opcode=DEVICE_READ) == 2048, "capacity"


def check_queue_pairs(binary):
    netdevs = []
    for name in ("m1.2", "m1.3", "m2.2", "m2.3"):
        netdevs += ["-netdev", "user,restrict=on,id=" + name]
    with admin.Lab(binary, members=2, member_queue_pairs=3, member_mtu=1400,
                   more=netdevs) as lab:
        assert lab.value(0, 4) & 1 << 22, "VIRTIO_NET_F_MQ"
        assert lab.value(8, 2, opcode=DEVICE_READ) == 3, "max_virtqueue_pairs"
        assert lab.value(10, 2, opcode=DEVICE_READ) == 1400
        msix = lab.members[0].capability(0x11)[0]
        assert lab.members[0].get(msix + 2, 2) & 0x7FF == 7
    with admin.Lab(binary, members=1) as lab:
        assert not lab.value(0, 4) & 1 << 22
        assert lab.read(8, 2, opcode=DEVICE_READ).is_error(Q_FIELD)


def check_missing_back_ends(binary):
    for kind, more in (("blk", {"member_backend": "none"}),
                       ("9p", {"member_backend": "none"}),
                       ("net", {"member_queue_pairs": 2})):
        try:
            with admin.Lab(binary, members=1, kind=kind, **more):
                assert False, kind
        except admin.qtest.Gone as error:
            assert "qemu" in str(error) and "Assert" not in str(error), error


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]
