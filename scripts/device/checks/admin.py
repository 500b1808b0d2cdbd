# SPDX-License-Identifier: GPL-2.0-only
"""Owner driver of the checks: administration virtqueue and its commands."""

import contextlib
import json
import os
import struct

from . import pci, qtest, virtio

LIST_QUERY, LIST_USE = 0, 1
COMMON_WRITE, COMMON_READ, DEVICE_WRITE, DEVICE_READ = 2, 3, 4, 5
NOTIFY_INFO = 6
ALL_COMMANDS = 0x7F

OK, EINVAL = 0, 22
Q_OK, Q_COMMAND, Q_OPCODE, Q_FIELD, Q_GROUP, Q_MEMBER = range(6)

# Of each owner's queue.
MEMORY, MEMORY_SIZE = 0x1000000, 0x800000


def remove(path):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


# How a back end of that name is made, and the owner's property that takes its own.
BACKENDS = {
    "net": (["-netdev", "user,restrict=on,id=%s"], "netdev=%s"),
    "blk": (["-blockdev", "null-co,node-name=%s,size=1048576"], "drive=%s"),
    "9p": (["-fsdev", "synth,id=%s"], "fsdev=%s,mount_tag=owner"),
}


def owner_arguments(kind="net", members=3, index=0, backend="", **properties):
    """One owner behind a root port of its own."""
    text = "".join(",%s=%s" % (name.replace("_", "-").replace("--", "_"),
                               value)
                   for name, value in properties.items())
    return ["-device", "pcie-root-port,id=rp%d,addr=%d.0,slot=%d,chassis=%d" % (
                index, index + 1, index + 1, index + 1),
            "-device", "virtio-%s-owner-pci,id=pf%d,bus=rp%d,ioeventfd=off,"
            "members=%d%s%s" % (kind, index, index, members, backend, text)]


class Owner:
    """One owner of a machine, and its driver."""

    def __init__(self, machine, index=0, high=False):
        self.machine = machine
        self.index = index
        self.high = high

    def start(self, vfs, use=True, up=True):
        self.topology = pci.Topology(self.machine, self.index, self.high)
        self.transport = virtio.Transport(self.machine, self.topology.owner)
        if up:
            self.bring_up()
        if vfs:
            self.members = self.topology.enable_vfs(vfs)
        if use:
            assert self.run(LIST_QUERY).status == OK
            assert self.list_use(ALL_COMMANDS).status == OK

    def bring_up(self):
        self.transport.start(virtio.F_ADMIN_VQ, virtio.F_SR_IOV)
        self.new_queue()
        self.transport.driver_ok()

    def new_queue(self):
        index = self.transport.get(60, 2)
        self.queue = virtio.Queue(self.transport, index,
                                  MEMORY + self.index * MEMORY_SIZE)

    def qom(self, name, value=None):
        path = "/machine/peripheral/pf%d" % self.index
        if value is None:
            return self.machine.qmp("qom-get", path=path, property=name)
        return self.machine.qmp("qom-set", path=path, property=name,
                                value=value)

    def stats(self):
        return json.loads(self.qom("admin-stats"))

    def member_stats(self, n):
        return self.stats()["members"][str(n)]

    def violations(self):
        return self.stats()["violations"]

    def post(self, opcode, member=0, data=b"", room=0, group=1):
        request = struct.pack("<HH12xQ", opcode, group, member) + data
        return self.queue.post([request], [8 + room])

    def run(self, *args, **kwargs):
        self.post(*args, **kwargs)
        return self.kick()[0]

    def kick(self):
        self.queue.kick()
        return [Reply(*c) for c in self.queue.completions()]

    def read_later(self):
        """Completions there are right after a read was posted."""
        self.post(COMMON_READ, 1, b"\x12", 1)
        return self.kick()

    def list_use(self, mask):
        return self.run(LIST_USE, data=struct.pack("<Q", mask))

    def read(self, offset, length, member=1, opcode=COMMON_READ):
        return self.run(opcode, member, bytes([offset]), length)

    def write(self, offset, data, member=1, opcode=COMMON_WRITE):
        return self.run(opcode, member, bytes([offset]) + bytes(7) + data)

    def value(self, offset, length, member=1, opcode=COMMON_READ):
        reply = self.read(offset, length, member, opcode)
        assert reply.status == OK, reply
        return int.from_bytes(reply.result, "little")


class Lab(Owner):
    """One machine with one owner; use as context manager."""

    def __init__(self, binary, members=3, vfs=None, use=True, up=True,
                 kind="net", more=(), high=False, **properties):
        backends, own = [], ""
        if kind in BACKENDS:
            template, own = BACKENDS[kind]
            for name in ["pf", *("m%d" % n for n in range(1, min(members, 3) + 1))]:
                backends += [template[0], template[1] % name]
            own = ",member-backend=m," + own % "pf"
        super().__init__(qtest.Machine(binary, [
            "-nic", "none", *backends,
            *owner_arguments(kind, members, backend=own, **properties), *more]),
            high=high)
        self.options = (members if vfs is None else vfs, use, up)

    def __enter__(self):
        self.machine.__enter__()
        try:
            self.start(*self.options)
        except BaseException:
            self.machine.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *exception):
        self.machine.__exit__(*exception)


class Reply:
    def __init__(self, head, used, data):
        self.head = head
        self.used = used
        self.raw = data
        seen = data[:used].ljust(8, b"\0")
        self.status, self.qualifier = struct.unpack("<HH", seen[:4])
        self.result = data[8:used]

    def is_error(self, qualifier):
        return self.status == EINVAL and self.qualifier == qualifier

    def __repr__(self):
        return "<status %d qualifier %d used %d result %s>" % (
            self.status, self.qualifier, self.used, self.result.hex())
