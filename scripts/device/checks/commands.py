# SPDX-License-Identifier: GPL-2.0-only
"""Checks: order of validation, command lists, legacy fields, buffers."""

import struct

from . import admin
from .admin import (ALL_COMMANDS, COMMON_READ, COMMON_WRITE, DEVICE_READ,
                    DEVICE_WRITE, LIST_QUERY, LIST_USE, NOTIFY_INFO,
                    OK, Q_FIELD, Q_GROUP, Q_MEMBER, Q_OPCODE)

COMMON_FIELDS = [(0, 4), (4, 4), (8, 4), (12, 2), (14, 2), (16, 2), (18, 1),
                 (19, 1)]
VECTOR_FIELDS = [(20, 2), (22, 2)]
NET_FIELDS = [(0, 6), (6, 2), (8, 2), (10, 2)]


def in_one_field(fields, offset, length):
    return length > 0 and any(
        offset >= start and offset + length <= start + width
        for start, width in fields)


def check_order_of_checks(binary):
    with admin.Lab(binary) as lab:
        assert lab.run(0x7777, 99, group=2).is_error(Q_GROUP)
        assert lab.run(LIST_QUERY, group=0).is_error(Q_GROUP)
        assert lab.run(LIST_QUERY, group=0xFFFF).is_error(Q_GROUP)
        for opcode in (7, 63, 64, 0x8000, 0xFFFF):
            assert lab.run(opcode, 99).is_error(Q_OPCODE), opcode
        for member in (0, 4, 255, 1 << 32 | 1, (1 << 64) - 1):
            for opcode in range(COMMON_WRITE, NOTIFY_INFO + 1):
                assert lab.run(opcode, member).is_error(Q_MEMBER)
        assert lab.read(2, 4).is_error(Q_FIELD)


def check_member_id_limit_is_num_vfs(binary):
    with admin.Lab(binary, members=3, vfs=2) as lab:
        assert lab.read(18, 1, member=2).status == OK
        assert lab.read(18, 1, member=3).is_error(Q_MEMBER)


def check_vf_enable_strict(binary):
    with admin.Lab(binary, vfs=0, use=False) as lab:
        assert lab.run(LIST_QUERY).is_error(Q_GROUP)
        assert lab.list_use(3).is_error(Q_GROUP)
        lab.topology.enable_vfs(2)
        assert lab.run(LIST_QUERY).status == OK
        lab.topology.disable_vfs()
        assert lab.run(LIST_QUERY).is_error(Q_GROUP)


def check_vf_enable_lenient(binary):
    with admin.Lab(binary, vfs=0, strict_vf_enable="off") as lab:
        assert lab.read(18, 1).is_error(Q_MEMBER)
        lab.topology.enable_vfs(1)
        assert lab.read(18, 1).status == OK


def check_list_query(binary):
    with admin.Lab(binary, use=False) as lab:
        reply = lab.run(LIST_QUERY, room=8)
        assert reply.used == 16 and reply.result == b"\x7f" + bytes(7), reply
        reply = lab.run(LIST_QUERY, room=64)
        assert reply.used == 16 and reply.raw[16:] == b"\xee" * 56, reply
    with admin.Lab(binary, use=False, notify_info="refused") as lab:
        assert lab.run(LIST_QUERY, room=8).result[0] == 0x3F
        assert lab.list_use(0x7F).is_error(Q_FIELD)
    with admin.Lab(binary, use=False, admin_legacy="off") as lab:
        assert lab.run(LIST_QUERY, room=8).result[0] == 3
        assert lab.list_use(3).status == OK
        assert lab.read(18, 1).is_error(Q_OPCODE)


def check_list_use(binary):
    with admin.Lab(binary, use=False) as lab:
        assert lab.read(18, 1).is_error(Q_OPCODE)
        assert lab.list_use(1 << 7 | 3).is_error(Q_FIELD)
        assert lab.list_use(1 << 63).is_error(Q_FIELD)
        assert lab.read(18, 1).is_error(Q_OPCODE)
        assert lab.list_use(1 << COMMON_READ | 2).status == OK
        assert lab.read(18, 1).status == OK
        assert lab.write(18, b"\1").is_error(Q_OPCODE)
        assert lab.run(LIST_QUERY).is_error(Q_OPCODE)
        assert lab.list_use(ALL_COMMANDS).status == OK
        assert lab.write(18, b"\1").status == OK
        # An absent list is a list of nothing: only a reset helps then.
        assert lab.run(LIST_USE).status == OK
        assert lab.run(LIST_QUERY).is_error(Q_OPCODE)
        assert lab.list_use(3).is_error(Q_OPCODE)
        lab.bring_up()
        assert lab.run(LIST_QUERY).status == OK


def check_fields(lab, fields, read, write, end):
    for offset in range(end):
        for length in range(10):
            good = in_one_field(fields, offset, length)
            reply = lab.read(offset, length, opcode=read)
            assert (reply.status == OK) == good, (offset, length, reply)
            assert good or reply.is_error(Q_FIELD)
            assert reply.used == 8 + (length if good else 0), reply
            reply = lab.write(offset, bytes(length), opcode=write)
            assert (reply.status == OK) == good, (offset, length, reply)
            assert reply.used == 8, reply


def check_common_fields(binary):
    with admin.Lab(binary) as lab:
        check_fields(lab, COMMON_FIELDS, COMMON_READ, COMMON_WRITE, 40)
        lab.members[0].enable_msix(True)
        check_fields(lab, COMMON_FIELDS + VECTOR_FIELDS, COMMON_READ,
                     COMMON_WRITE, 40)
        lab.members[0].enable_msix(False)
        assert lab.read(20, 2).is_error(Q_FIELD)


def check_device_fields(binary):
    with admin.Lab(binary) as lab:
        check_fields(lab, NET_FIELDS[:2], DEVICE_READ, DEVICE_WRITE, 40)
    with admin.Lab(binary, member_mtu=1400) as lab:
        check_fields(lab, NET_FIELDS, DEVICE_READ, DEVICE_WRITE, 40)
        assert lab.value(10, 2, opcode=DEVICE_READ) == 1400
        assert lab.run(DEVICE_READ, 1, b"\xff", 1).is_error(Q_FIELD)


def check_registers(binary):
    with admin.Lab(binary) as lab:
        assert lab.value(18, 1) == 0 and lab.value(19, 1) == 0
        assert lab.value(0, 4) & 1 << 5, "VIRTIO_NET_F_MAC"
        for n in (1, 2, 3):
            mac = lab.read(0, 6, n, DEVICE_READ).result
            assert mac.hex() == "525400aa000%d" % n, mac.hex()
        assert lab.write(18, b"\1").status == OK
        assert lab.write(18, b"\3").status == OK
        assert lab.value(18, 1) == 3
        assert lab.write(4, struct.pack("<I", 1 << 5)).status == OK
        assert lab.value(4, 4) == 1 << 5
        assert lab.write(14, b"\1\0").status == OK
        assert lab.value(14, 2) == 1 and lab.value(12, 2) > 0
        assert lab.write(8, struct.pack("<I", 0x1234)).status == OK
        assert lab.value(8, 4) == 0x1234 and lab.value(9, 1) == 0x12
        assert lab.value(18, 1, member=2) == 0, "another member's register"
        assert lab.write(18, b"\0").status == OK
        assert [lab.value(o, 4) for o in (4, 8)] == [0, 0]
        assert lab.value(14, 2) == 0 and lab.value(18, 1) == 0
        assert lab.member_stats(1)["status0"] == 1


def check_mac_is_writable(binary):
    with admin.Lab(binary) as lab:
        lab.write(18, b"\3")
        lab.write(4, struct.pack("<I", 1 << 5))
        assert lab.write(0, bytes(range(2, 8)),
                         opcode=DEVICE_WRITE).status == OK
        assert lab.read(0, 6, opcode=DEVICE_READ).result == bytes(range(2, 8))


def check_bus_mastering_is_the_drivers(binary):
    with admin.Lab(binary) as lab:
        lab.write(18, b"\1")
        lab.write(18, b"\3")
        assert lab.members[0].get(4, 2) & 4 == 0


def check_vectors(binary):
    with admin.Lab(binary) as lab:
        lab.members[0].enable_msix(True)
        assert lab.value(20, 2) == 0xFFFF
        lab.write(20, b"\1\0")
        assert lab.value(20, 2) == 1
        lab.write(22, struct.pack("<H", 200))
        assert lab.value(22, 2) == 0xFFFF, "no such vector"
        lab.write(18, b"\0")
        assert lab.value(20, 2) == 0xFFFF, "unmapped by reset"


def check_short_buffers(binary):
    with admin.Lab(binary) as lab:
        queue = lab.queue
        header = struct.pack("<HH12xQ", COMMON_READ, 1, 1)
        cases = [
            # readable parts, writable lengths, used, first bytes
            ([header[:1]], [8], 8, struct.pack("<HH", 22, Q_GROUP)),
            ([header[:4]], [8], 8, struct.pack("<HH", 22, Q_MEMBER)),
            ([header], [8 + 4], 12, bytes(8)),
            ([header + b"\x12"], [1], 1, b"\x16"),
            ([header + b"\x12"], [2], 2, b"\x16\0"),
            ([header + b"\x12"], [3], 3, b"\x16\0\3"),
            ([header + b"\x12"], [8], 8, struct.pack("<HH", 22, Q_FIELD)),
            ([header + b"\x12"], [9], 9, bytes(8)),
            ([header + b"\x12" + bytes(39)], [9], 9, bytes(8)),
            ([header[:3], header[3:17], header[17:], b"\x12"],
             [3, 1, 4, 1], 9, bytes(8)),
            ([header + b"\x12"], [], 0, b""),
        ]
        for readable, writable, used, start in cases:
            queue.post(readable, writable)
            reply = lab.kick()[0]
            assert reply.used == used, (readable, writable, reply)
            assert reply.raw.startswith(start), (readable, writable, reply)
        # The length of a write is that of its data: none is no field.
        for data in (b"", b"\x12", b"\x12" + bytes(7)):
            assert lab.run(COMMON_WRITE, 1, data).is_error(Q_FIELD)
        assert lab.run(COMMON_WRITE, 1, bytes(3000)).is_error(Q_FIELD)


def check_order_of_processing(binary):
    with admin.Lab(binary) as lab:
        for n in range(10):
            lab.post(COMMON_WRITE, 1, bytes([14]) + bytes(7) +
                     struct.pack("<H", n))
            lab.post(COMMON_READ, 1, b"\x0e", 2)
        values = [r.result for r in lab.kick() if r.used == 10]
        assert values == [struct.pack("<H", n) for n in range(10)], values


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_") and name != "check_fields"]
