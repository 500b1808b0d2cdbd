# SPDX-License-Identifier: GPL-2.0-only
"""The other end of a network of kind "wire": frames go to a member, and come back or not."""
import socket
import struct

ETHERTYPE = 0x88b5      # for local experiments
FRAME = struct.Struct("!6s6sHHI")
PATTERN = bytes(range(200))
BURST = 16
PATIENCE = 10           # seconds


class Wire:
    """Sends numbered frames to a member and expects each back with the addresses swapped."""
    OWN = bytes.fromhex("525400bb0001")

    def __init__(self, work, name):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(PATIENCE)
        self.socket.bind(f"{work}/{name}.peer")
        self.member = f"{work}/{name}"

    def frame(self, source, target, number):
        return FRAME.pack(target, source, ETHERTYPE, 0, number) + PATTERN

    def bounce(self, address, count):
        """Send so many frames, a few at a time; the number of those that came back as they should."""
        missing = set(range(count))
        try:
            for first in range(0, count, BURST):
                burst = range(first, min(first + BURST, count))
                for number in burst:
                    self.socket.sendto(self.frame(self.OWN, address, number), self.member)
                self.collect(address, missing, burst)
        except OSError:
            pass    # no room, no answer in time, or nobody there: what is missing counts
        return count - len(missing)

    def collect(self, address, missing, burst):
        while not missing.isdisjoint(burst):
            data = self.socket.recv(2048)
            number = FRAME.unpack_from(data)[4] if len(data) >= FRAME.size else None
            if number in missing and data == self.frame(address, self.OWN, number):
                missing.remove(number)
