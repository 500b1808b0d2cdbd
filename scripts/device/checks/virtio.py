# SPDX-License-Identifier: GPL-2.0-only
"""A minimal driver: the modern transport and a split ring that takes
descriptors of any shape."""

import struct

F_VERSION_1, F_ACCESS_PLATFORM, F_ORDER_PLATFORM, F_SR_IOV, F_RING_RESET, F_ADMIN_VQ = (
    32, 33, 36, 37, 40, 41)
COMMON, NOTIFY, ISR, DEVICE = 1, 2, 3, 4


class Transport:
    def __init__(self, machine, function):
        self.machine = machine
        self.function = function
        self.windows = {}
        for offset in function.capability(0x09):
            kind = function.get(offset + 3, 1)
            bar = function.get(offset + 4, 1)
            if kind in (COMMON, NOTIFY, ISR, DEVICE):
                self.windows[kind] = (function.bars.get(bar, 0) +
                                      function.get(offset + 8, 4))
            if kind == NOTIFY:
                self.notify_multiplier = function.get(offset + 16, 4)

    def get(self, offset, width):
        return self.machine.get(self.windows[COMMON] + offset, width)

    def put(self, offset, width, value):
        self.machine.put(self.windows[COMMON] + offset, width, value)

    def offered(self):
        value = 0
        for half in (0, 1):
            self.put(0, 4, half)
            value |= self.get(4, 4) << (32 * half)
        return value

    def accept(self, *bits):
        wanted = sum(1 << bit for bit in bits)
        for half in (0, 1):
            self.put(8, 4, half)
            self.put(12, 4, (wanted >> (32 * half)) & 0xFFFFFFFF)

    def read_isr(self):
        return self.machine.get(self.windows[ISR], 1)

    def reset(self):
        self.put(20, 1, 0)

    def start(self, *bits):
        """Up to FEATURES_OK; queues come before DRIVER_OK."""
        self.reset()
        self.put(20, 1, 1)
        self.put(20, 1, 3)
        platform = self.offered() & 1 << F_ACCESS_PLATFORM
        self.accept(F_VERSION_1, *bits,
                    *([F_ACCESS_PLATFORM] if platform else []))
        self.put(20, 1, 11)
        assert self.get(20, 1) == 11

    def driver_ok(self):
        self.put(20, 1, 15)

    def notify_address(self, index):
        self.put(22, 2, index)
        return (self.windows[NOTIFY] +
                self.get(30, 2) * self.notify_multiplier)


class Queue:
    """Buffers are never reused: a check makes a new queue instead."""

    def __init__(self, transport, index, memory):
        self.machine = transport.machine
        self.transport = transport
        transport.put(22, 2, index)
        self.size = transport.get(24, 2)
        transport.put(24, 2, self.size)
        self.desc, self.avail, self.used = (memory, memory + 0x4000,
                                            memory + 0x5000)
        self.free = memory + 0x8000
        self.machine.write(memory, bytes(0x8000))
        for offset, address in ((32, self.desc), (40, self.avail),
                                (48, self.used)):
            transport.put(offset, 4, address)
            transport.put(offset + 4, 4, 0)
        transport.put(28, 2, 1)
        self.bell = transport.notify_address(index)
        self.next_desc = self.posted = self.taken = 0
        self.parts = {}

    def _buffer(self, data):
        address = self.free
        self.machine.write(address, data)
        self.free += len(data) + 64
        return address

    def post(self, readable, writable):
        """Two lists: byte strings, and lengths; one descriptor each."""
        head = self.next_desc
        out = [(self._buffer(part), len(part), 0) for part in readable]
        into = [(self._buffer(b"\xee" * n), n, 2) for n in writable]
        chain = out + into
        for n, (address, length, flags) in enumerate(chain):
            last = n == len(chain) - 1
            index = (head + n) % self.size
            self.machine.write(self.desc + 16 * index, struct.pack(
                "<QIHH", address, length, flags | (0 if last else 1),
                0 if last else (index + 1) % self.size))
        self.next_desc = (head + len(chain)) % self.size
        self.parts[head] = [(a, n) for a, n, _ in into]
        self.machine.put(self.avail + 4 + 2 * (self.posted % self.size), 2,
                         head)
        self.posted += 1
        self.machine.put(self.avail + 2, 2, self.posted & 0xFFFF)
        return head

    def kick(self):
        self.machine.put(self.bell, 2, 0)

    def completions(self):
        """New used entries as (head, used length, bytes of the buffer)."""
        result = []
        while self.machine.get(self.used + 2, 2) != self.taken & 0xFFFF:
            head, length = struct.unpack("<II", self.machine.read(
                self.used + 4 + 8 * (self.taken % self.size), 8))
            data = b"".join(self.machine.read(a, n)
                            for a, n in self.parts[head] if n)
            result.append((head, length, data))
            self.taken += 1
        return result
