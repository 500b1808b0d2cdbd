# SPDX-License-Identifier: GPL-2.0-only
"""Checks: what a driver must not do to the common configuration and to the
administration queue is a violation, and what it may do is none."""

import contextlib
import struct

from . import admin, virtio
from .admin import ALL_COMMANDS, COMMON_READ, LIST_QUERY, OK

FIELDS = {0: 4, 4: 4, 8: 4, 12: 4, 16: 2, 18: 2, 20: 1, 21: 1, 22: 2, 24: 2, 26: 2,
          28: 2, 30: 2, 32: 4, 36: 4, 40: 4, 44: 4, 48: 4, 52: 4, 56: 2, 58: 2, 60: 2,
          62: 2}
STATUS, FEATURES, SELECT, SIZE, VECTOR, ENABLE, RESET = 20, 12, 22, 24, 26, 28, 58
DESC, AVAIL, USED = 32, 40, 48
F_INDIRECT = 28


@contextlib.contextmanager
def violates(lab, text):
    """Exactly one violation, which says this."""
    lab.qom("admin-stats-reset", True)
    yield
    found = lab.violations()
    assert len(found) == 1 and text in found[0], (text, found)


@contextlib.contextmanager
def obeys(lab):
    lab.qom("admin-stats-reset", True)
    yield
    assert not lab.violations(), lab.violations()


def fresh(binary):
    """An owner with VFs but without a driver."""
    return admin.Lab(binary, vfs=1, use=False, up=False)


def check_common_config_read_of_other_width_is_violation(binary):
    with fresh(binary) as lab:
        transport = lab.transport
        for offset in range(64):
            for width in (1, 2, 4, 8):
                if FIELDS.get(offset) == width:
                    with obeys(lab):
                        transport.get(offset, width)
                elif offset % width == 0:
                    with violates(lab, "read of %d bytes at 0x%x" % (width, offset)):
                        transport.get(offset, width)
        with violates(lab, "read of 2 bytes at 0x40"):
            transport.get(64, 2)


def check_common_config_read_of_other_width_gets_the_bytes(binary):
    with admin.Lab(binary) as lab:
        transport = lab.transport
        transport.put(SELECT, 2, 64)
        for offset, width in FIELDS.items():
            natural = transport.get(offset, width).to_bytes(width, "little")
            single = bytes(transport.get(offset + n, 1) for n in range(width))
            assert single == natural, (offset, single, natural)
        assert transport.get(60, 4) == 1 << 16 | 64
        assert transport.get(DESC, 8) == admin.MEMORY


def check_common_config_write_of_other_width_is_violation(binary):
    with fresh(binary) as lab:
        transport = lab.transport
        for offset, width in ((0, 2), (SELECT, 1), (SIZE, 4), (STATUS, 2), (61, 1)):
            with violates(lab, "write of %d bytes at 0x%x" % (width, offset)):
                transport.put(offset, width, 0)
        with obeys(lab):
            transport.put(DESC, 4, 0x1000)
            transport.put(DESC + 4, 4, 0x2)
        with violates(lab, "write of 8 bytes at 0x28"):
            transport.put(AVAIL, 8, 0x300004000)
        assert transport.get(AVAIL + 4, 4) == 3 and transport.get(AVAIL, 4) == 0x4000


def check_status_bits_in_order_are_no_violation(binary):
    with fresh(binary) as lab:
        transport = lab.transport
        with obeys(lab):
            transport.start(virtio.F_ADMIN_VQ, virtio.F_SR_IOV)
            transport.driver_ok()
            transport.put(STATUS, 1, 15 | 128)
            transport.reset()
            transport.put(STATUS, 1, 128)
            transport.reset()


def check_status_bit_before_its_predecessor_is_violation(binary):
    for before, value, text in (
            ((), 3, "0x2 set while 0x1 was clear"), ((), 2, "0x2 set while 0x1 was clear"),
            ((1,), 9, "0x8 set while 0x2 was clear"),
            ((1, 3), 7, "0x4 set while 0x8 was clear"),
            ((1, 3), 15, "0x4 set while 0x8 was clear"),
            ((1, 3), 3 | 32, "0x20 are not the driver's"),
            ((1, 3), 3 | 64, "0x40 are not the driver's"),
            ((1, 129), 131, "0x2 set after FAILED")):
        with fresh(binary) as lab:
            lab.transport.reset()
            for status in before:
                lab.transport.put(STATUS, 1, status)
            with violates(lab, text):
                lab.transport.put(STATUS, 1, value)


def check_status_bit_cleared_without_reset_is_violation(binary):
    with admin.Lab(binary) as lab:
        with violates(lab, "0x4 cleared without a reset"):
            lab.transport.put(STATUS, 1, 11)
        lab.bring_up()
        lab.qom("needs-reset", True)
        with violates(lab, "0x40 cleared without a reset"):
            lab.transport.put(STATUS, 1, 15 | 128)
        with obeys(lab):
            lab.transport.reset()


def check_features_outside_negotiation_are_violation(binary):
    with fresh(binary) as lab:
        transport = lab.transport
        transport.reset()
        transport.put(STATUS, 1, 1)
        with violates(lab, "features written while the status is 0x1"):
            transport.put(FEATURES, 4, 0)
        transport.start(virtio.F_ADMIN_VQ)
        with violates(lab, "features written while the status is 0xb"):
            transport.put(FEATURES, 4, 0)


def check_enabled_queue_changed_is_violation(binary):
    with admin.Lab(binary) as lab:
        transport = lab.transport
        transport.put(SELECT, 2, 64)
        for offset, width, what in (
                (SIZE, 2, "size"), (VECTOR, 2, "vector"), (DESC, 4, "address"),
                (DESC + 4, 4, "address"), (AVAIL, 4, "address"), (AVAIL + 4, 4, "address"),
                (USED, 4, "address"), (USED + 4, 4, "address")):
            value = transport.get(offset, width)
            with violates(lab, "queue 64: %s written while it is enabled" % what):
                transport.put(offset, width, value)
        with violates(lab, "queue 64: 1 written to queue_enable, which is 1"):
            transport.put(ENABLE, 2, 1)
        transport.put(SELECT, 2, 0)
        with obeys(lab):
            transport.put(SIZE, 2, transport.get(SIZE, 2))
            transport.put(VECTOR, 2, 0xFFFF)


def check_queue_enable_of_zero_is_violation(binary):
    with admin.Lab(binary, vfs=0, use=False) as lab:
        lab.transport.put(SELECT, 2, 64)
        with violates(lab, "queue 64: 0 written to queue_enable, which is 1"):
            lab.transport.put(ENABLE, 2, 0)


def check_queue_reset_against_its_rules_is_violation(binary):
    with admin.Lab(binary, vfs=1, use=False) as lab:
        transport = lab.transport
        transport.put(SELECT, 2, 64)
        with violates(lab, "queue 64 reset, not negotiated"):
            transport.put(RESET, 2, 1)
        transport.start(virtio.F_ADMIN_VQ, virtio.F_SR_IOV, virtio.F_RING_RESET)
        transport.put(SELECT, 2, 64)
        with violates(lab, "queue 64 reset while it is not enabled"):
            transport.put(RESET, 2, 1)
        lab.new_queue()
        transport.driver_ok()
        with violates(lab, "queue 64: 2 written to queue_reset"):
            transport.put(RESET, 2, 2)
        with obeys(lab):
            transport.put(RESET, 2, 1)
            assert transport.get(RESET, 2) == 0 and transport.get(ENABLE, 2) == 0
            lab.new_queue()
            assert lab.run(LIST_QUERY).status == OK


def post_indirect(lab, head_only=True):
    """A read of the status as one indirect descriptor, or behind a plain one."""
    queue, table = lab.queue, admin.MEMORY + 0x400000
    request = struct.pack("<HH12xQ", COMMON_READ, 1, 1) + b"\x12"
    split = 0 if head_only else 24
    head = queue.post([request], [9])
    lab.machine.write(table, request)
    lab.machine.write(table + 0x100, struct.pack(
        "<QIHHQIHH", table + split, len(request) - split, 1, 1, table + 0x200, 9, 2, 0))
    if head_only:
        lab.machine.write(queue.desc + 16 * head, struct.pack(
            "<QIHH", table + 0x100, 32, 4, 0))
    else:
        lab.machine.write(queue.desc + 16 * head, struct.pack(
            "<QIHHQIHH", table, split, 1, head + 1, table + 0x100, 32, 4, 0))
    queue.parts[head] = [(table + 0x200, 9)]
    return lab.kick()


def check_indirect_descriptor_unnegotiated_is_violation(binary):
    with admin.Lab(binary) as lab:
        with violates(lab, "indirect descriptor"):
            replies = post_indirect(lab)
        assert [r.status for r in replies] == [OK], replies
        with obeys(lab):
            assert lab.value(18, 1) == 0
    with admin.Lab(binary) as lab:
        with violates(lab, "indirect descriptor"):
            post_indirect(lab, head_only=False)


def check_indirect_descriptor_negotiated_is_no_violation(binary):
    with admin.Lab(binary, use=False) as lab:
        lab.transport.start(virtio.F_ADMIN_VQ, virtio.F_SR_IOV, F_INDIRECT)
        lab.new_queue()
        lab.transport.driver_ok()
        lab.list_use(ALL_COMMANDS)
        with obeys(lab):
            assert [r.status for r in post_indirect(lab)] == [OK]


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]
