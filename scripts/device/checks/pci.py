# SPDX-License-Identifier: GPL-2.0-only
"""The PCI Express side: one root port, the owner below it, its members."""

ECAM = 0xB0000000
WINDOW = 0xC0000000
WINDOW_SIZE = 0x08000000
# Above 4 GiB, for prefetchable 64-bit BARs.
HIGH_WINDOW = 0x800000000

COMMAND_MASTER = 4
EXT_CAP = {"AER": 0x01, "ARI": 0x0E, "SR-IOV": 0x10}


class Function:
    """Config space of one function, and its BARs once they are placed."""

    def __init__(self, machine, bus, devfn):
        self.machine = machine
        self.base = ECAM + (bus << 20) + (devfn << 12)
        self.bars = {}

    def get(self, offset, width):
        return self.machine.get(self.base + offset, width)

    def put(self, offset, width, value):
        self.machine.put(self.base + offset, width, value)

    def capability(self, wanted):
        """Offsets of all capabilities with that id."""
        found, position, seen = [], self.get(0x34, 1), set()
        while position and position not in seen:
            seen.add(position)
            if self.get(position, 1) == wanted:
                found.append(position)
            position = self.get(position + 1, 1)
        return found

    def extended(self, name):
        position = 0x100
        while position:
            header = self.get(position, 4)
            if header & 0xFFFF == EXT_CAP[name]:
                return position
            position = header >> 20
        return None

    def set_command(self, value):
        self.put(4, 2, value)

    def function_reset(self):
        pcie = self.capability(0x10)[0]
        self.put(pcie + 8, 2, self.get(pcie + 8, 2) | 0x8000)

    def enable_msix(self, on, mask_all=False):
        msix = self.capability(0x11)[0]
        self.put(msix + 2, 2, (0x8000 if on else 0) | (0x4000 if mask_all else 0))

    def msix_is_enabled(self):
        return bool(self.get(self.capability(0x11)[0] + 2, 2) & 0x8000)

    def set_vector(self, vector, address, data, masked=False):
        """One entry of the MSI-X table."""
        place = self.get(self.capability(0x11)[0] + 4, 4)
        entry = self.bars[place & 7] + (place & ~7) + 16 * vector
        for offset, value in ((0, address), (4, 0), (8, data), (12, int(masked))):
            self.machine.put(entry + offset, 4, value)

    def pending_vectors(self):
        """Bits of the vectors that were signalled while all are masked, as they are at first."""
        place = self.get(self.capability(0x11)[0] + 8, 4)
        return self.machine.get(self.bars[place & 7] + (place & ~7), 8)


class Topology:
    """Bus 1 behind a root port at 0:1.0, owner at 1:0.0; the same from 2 for the next."""

    def __init__(self, machine, index=0, high=False):
        self.machine = machine
        self.bus = 1 + index
        self.high = HIGH_WINDOW + index * WINDOW_SIZE if high else None
        self.free = WINDOW + index * WINDOW_SIZE
        # Q35's PCIEXBAR is the only register that needs the old ports.
        machine.out32(0xCF8, 0x80000060)
        machine.out32(0xCFC, ECAM | 1)
        self.port = Function(machine, 0, self.bus << 3)
        self.port.put(0x18, 4, self.bus << 16 | self.bus << 8)
        self.port.put(0x20, 4, (self.free >> 16) |
                      ((self.free + WINDOW_SIZE - 1) & 0xFFF00000))
        self.port.put(0x24, 4, 0x0000FFF0)
        if high:
            self.port.put(0x24, 4, ((self.high >> 16) & 0xFFF0) | (
                (self.high + WINDOW_SIZE - 1) & 0xFFF00000))
            for register in (0x28, 0x2C):
                self.port.put(register, 4, self.high >> 32)
        self.port.set_command(6)
        pcie = self.port.capability(0x10)[0]
        self.port.put(pcie + 0x28, 2, 0x20)
        self.owner = Function(machine, self.bus, 0)
        self.place_bars(self.owner, 0x10, 1)
        self.owner.set_command(6)
        self.sriov = self.owner.extended("SR-IOV")

    def take(self, size, align, high):
        """An address for so many bytes, in a window of the port."""
        if high and self.high:
            address = (self.high + align - 1) & ~(align - 1)
            self.high = address + size
        else:
            address = (self.free + align - 1) & ~(align - 1)
            self.free = address + size
        return address

    def place_bars(self, function, offset, copies):
        """Size and place the BARs at offset; copies for VF BARs."""
        index = 0
        sizes = {}
        while index < 6:
            register = offset + 4 * index
            function.put(register, 4, 0xFFFFFFFF)
            mask = function.get(register, 4)
            wide = mask & 6 == 4
            size = (~(mask & ~0xF) + 1) & 0xFFFFFFFF
            if mask & ~0xF:
                total = size * copies
                address = self.take(total, max(size, 0x1000), wide and mask & 8)
                function.put(register, 4, address & 0xFFFFFFFF)
                if wide:
                    function.put(register + 4, 4, address >> 32)
                sizes[index] = (address, size)
            index += 2 if wide else 1
        if copies == 1 and offset == 0x10:
            function.bars = {i: a for i, (a, _) in sizes.items()}
        return sizes

    def enable_vfs(self, count):
        total = self.owner.get(self.sriov + 0x0E, 2)
        bars = self.place_bars(self.owner, self.sriov + 0x24, total)
        self.owner.put(self.sriov + 0x10, 2, count)
        self.owner.put(self.sriov + 0x08, 2, 0x19)
        first = self.owner.get(self.sriov + 0x14, 2)
        stride = self.owner.get(self.sriov + 0x16, 2)
        members = []
        for n in range(count):
            vf = Function(self.machine, self.bus, first + n * stride)
            vf.bars = {i: a + n * s for i, (a, s) in bars.items()}
            members.append(vf)
        return members

    def disable_vfs(self):
        self.owner.put(self.sriov + 0x08, 2, 0)
        self.owner.put(self.sriov + 0x10, 2, 0)

    def vf_enable(self):
        return self.owner.get(self.sriov + 0x08, 2) & 1
