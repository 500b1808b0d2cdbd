# SPDX-License-Identifier: GPL-2.0-only
"""Checks: MSI-X of VFs. Messages that are sent, held or dropped, vectors that
the legacy interface refuses, and MSI-X Enable that is lost with the owner's reset."""

import struct

from . import admin
from .admin import OK, Q_FIELD
from .notify import legacy_transmit_ring, wait_for

# Memory that messages are sent to: where each vector writes, and what.
PLACE = 0x3000000
NO_VECTOR = 0xFFFF
CONFIG_VECTOR, QUEUE_VECTOR, SELECT = 20, 22, 14
MASTER = 4


def data_of(vector):
    return 0x4000 + vector


def prepare(lab, vectors=2, masked=(), mask_all=False):
    function = lab.members[0]
    lab.machine.write(PLACE, bytes(4 * vectors))
    for vector in range(vectors):
        function.set_vector(vector, PLACE + 4 * vector, data_of(vector), vector in masked)
    function.enable_msix(True, mask_all)


def arrived(lab, vector):
    """Whether a message came since the last call."""
    value = lab.machine.get(PLACE + 4 * vector, 4)
    lab.machine.put(PLACE + 4 * vector, 4, 0)
    assert value in (0, data_of(vector)), hex(value)
    return value != 0


def messages(lab, member=1):
    return lab.member_stats(member)["messages"]


def balloon(binary, **properties):
    return admin.Lab(binary, members=2, kind="balloon", **properties)


def start(lab, master=True):
    """A legacy driver whose configuration vector is 1: each change of pages is an event."""
    if master:
        lab.members[0].set_command(MASTER)
    for status in (1, 3, 7):
        lab.write(18, bytes([status]))
    lab.write(CONFIG_VECTOR, b"\1\0")


def change_configuration(lab):
    lab.qom("member-pages", lab.qom("member-pages") + 1)


def check_messages_are_counted_by_vector(binary):
    with admin.Lab(binary) as lab:
        prepare(lab, vectors=3)
        used = legacy_transmit_ring(lab, 1)
        lab.write(SELECT, b"\1\0")
        lab.write(QUEUE_VECTOR, b"\2\0")
        lab.write(16, b"\1\0")
        assert wait_for(lab, lambda: used() == 1)
        assert arrived(lab, 2) and not arrived(lab, 0) and not arrived(lab, 1)
        assert messages(lab) == {"2": 1} and messages(lab, 2) == {}
        lab.qom("admin-stats-reset", True)
        assert messages(lab) == {}


def check_each_configuration_change_is_a_message(binary):
    with balloon(binary) as lab:
        prepare(lab)
        start(lab)
        for count in (1, 2, 3):
            change_configuration(lab)
            assert arrived(lab, 1) and messages(lab) == {"1": count}
        assert lab.value(19, 1) == 3 and lab.value(19, 1) == 0, "ISR is set with MSI-X, too"


def check_message_without_bus_mastering_is_blocked(binary):
    with balloon(binary) as lab:
        prepare(lab)
        start(lab, master=False)
        change_configuration(lab)
        assert not arrived(lab, 1) and messages(lab) == {}
        assert lab.member_stats(1)["blocked-messages"] == 1
        lab.members[0].set_command(MASTER)
        assert not arrived(lab, 1), "what was blocked is lost"
        change_configuration(lab)
        assert arrived(lab, 1) and messages(lab) == {"1": 1}


def check_unmapped_event_sends_nothing(binary):
    with balloon(binary) as lab:
        prepare(lab)
        start(lab)
        lab.write(CONFIG_VECTOR, struct.pack("<H", NO_VECTOR))
        change_configuration(lab)
        assert messages(lab) == {} and not lab.members[0].pending_vectors()


def check_masked_vector_is_pending_and_sent_once(binary):
    with balloon(binary) as lab:
        function = lab.members[0]
        for masked, mask_all in (((1,), False), ((), True)):
            lab.qom("admin-stats-reset", True)
            prepare(lab, masked=masked, mask_all=mask_all)
            start(lab)
            for _ in range(3):
                change_configuration(lab)
            assert not arrived(lab, 1) and messages(lab) == {}
            assert function.pending_vectors() == 2
            if mask_all:
                function.enable_msix(True)
            else:
                function.set_vector(1, PLACE + 4, data_of(1))
            assert arrived(lab, 1) and messages(lab) == {"1": 1}
            assert function.pending_vectors() == 0


def check_vector_masked_twice_needs_both_unmasked(binary):
    with balloon(binary) as lab:
        prepare(lab, masked=(1,), mask_all=True)
        start(lab)
        change_configuration(lab)
        lab.members[0].enable_msix(True)
        assert messages(lab) == {} and lab.members[0].pending_vectors() == 2
        lab.members[0].set_vector(1, PLACE + 4, data_of(1))
        assert arrived(lab, 1) and messages(lab) == {"1": 1}


def check_event_without_msix_enable_sends_nothing(binary):
    with balloon(binary) as lab:
        prepare(lab)
        start(lab)
        lab.members[0].enable_msix(False)
        change_configuration(lab)
        lab.members[0].enable_msix(True)
        assert messages(lab) == {} and lab.members[0].pending_vectors() == 0
        change_configuration(lab)
        assert arrived(lab, 1), "the mapping outlives MSI-X Enable"


def check_function_reset_clears_msix(binary):
    with balloon(binary) as lab:
        prepare(lab, masked=(1,))
        start(lab)
        change_configuration(lab)
        lab.members[0].function_reset()
        assert not lab.members[0].msix_is_enabled()
        assert lab.members[0].pending_vectors() == 0
        lab.members[0].enable_msix(True)
        assert lab.value(CONFIG_VECTOR, 2) == NO_VECTOR


def check_status_0_keeps_msix_and_unmaps(binary):
    with balloon(binary) as lab:
        prepare(lab)
        start(lab)
        lab.write(18, b"\0")
        assert lab.members[0].msix_is_enabled()
        assert lab.value(CONFIG_VECTOR, 2) == NO_VECTOR


def vectors_after_write(lab, member=1):
    """Configuration's and those of two queues, as they read back. None: the command fails."""
    result = []
    for register, queue in ((CONFIG_VECTOR, 0), (QUEUE_VECTOR, 0), (QUEUE_VECTOR, 1)):
        lab.write(SELECT, bytes([queue, 0]), member)
        reply = lab.write(register, b"\1\0", member)
        back = lab.read(register, 2, member)
        assert reply.status == back.status, (reply, back)
        assert back.status == OK or (reply.is_error(Q_FIELD) and back.is_error(Q_FIELD))
        result.append(int.from_bytes(back.result, "little") if back.status == OK else None)
    return tuple(result)


KINDS = (("none", (False, False)), ("config", (True, False)), ("queues", (False, True)),
         ("all", (True, True)))


def expected(kinds, bad):
    config, queues = kinds
    return tuple(bad if told else 1 for told in (config, queues, queues))


def check_refused_vectors_of_member_read_back_as_none(binary):
    with admin.Lab(binary) as lab:
        lab.members[0].enable_msix(True)
        for told, kinds in KINDS:
            lab.qom("member-refused-vectors", told)
            assert lab.qom("member-refused-vectors") == told
            assert vectors_after_write(lab) == expected(kinds, NO_VECTOR), told
        owner = lab.transport
        lab.topology.owner.enable_msix(True)
        owner.put(16, 2, 0)
        assert owner.get(16, 2) == 0, "the owner's are not affected"


def check_mapped_vector_of_member_stays_until_it_is_refused(binary):
    with admin.Lab(binary) as lab:
        lab.members[0].enable_msix(True)
        assert vectors_after_write(lab) == (1, 1, 1)
        lab.qom("member-refused-vectors", "all")
        assert lab.value(CONFIG_VECTOR, 2) == 1
        lab.write(CONFIG_VECTOR, b"\1\0")
        assert lab.value(CONFIG_VECTOR, 2) == NO_VECTOR


def check_absent_vector_registers_of_member_fail(binary):
    with admin.Lab(binary) as lab:
        for member in (1, 2):
            lab.members[member - 1].enable_msix(True)
        for told, kinds in KINDS:
            lab.qom("member-absent-vectors", told)
            assert lab.qom("member-absent-vectors") == told
            assert vectors_after_write(lab) == expected(kinds, None), told
            assert vectors_after_write(lab, 2) == expected(kinds, None), told
        assert lab.value(18, 1) == 0, "the other registers are there"


def check_wrong_kind_of_vectors_is_refused(binary):
    with admin.Lab(binary) as lab:
        for name in ("refused-vectors", "member-refused-vectors", "member-absent-vectors"):
            lab.qom(name, "config")
            try:
                lab.qom(name, "some")
            except RuntimeError as error:
                assert name in str(error) and lab.qom(name) == "config"
            else:
                assert False, "there is no such value"


def check_reset_of_owner_drops_msix_enable_when_told(binary):
    for told in (False, True):
        with admin.Lab(binary) as lab:
            lab.qom("drop-msix", told)
            assert lab.qom("drop-msix") == told
            for member in lab.members[:2]:
                member.enable_msix(True, mask_all=True)
            assert vectors_after_write(lab) == (1, 1, 1)
            assert lab.members[0].msix_is_enabled()
            lab.bring_up()
            states = [member.msix_is_enabled() for member in lab.members]
            assert states == ([False] * 3 if told else [True, True, False])
            msix = lab.members[0].capability(0x11)[0]
            assert lab.members[0].get(msix + 2, 2) & 0x4000, "Function Mask stays"
            assert lab.list_use(admin.ALL_COMMANDS).status == OK
            lab.members[0].enable_msix(True)
            assert lab.value(CONFIG_VECTOR, 2) == 1, "and so does the mapping"


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]
