# SPDX-License-Identifier: GPL-2.0-only
"""Checks: state that the device refuses or loses. Vectors that it cannot map,
vectors that it loses with MSI-X, a list that it forgets with VF Enable."""

from . import admin, virtio
from .admin import ALL_COMMANDS, LIST_QUERY, OK, Q_OPCODE

CONFIG_VECTOR, SELECT, QUEUE_VECTOR = 16, 22, 26
NO_VECTOR = 0xFFFF


def vectors_after_write(transport, index):
    """Configuration's and the queue's, as they read back."""
    transport.put(CONFIG_VECTOR, 2, 0)
    transport.put(SELECT, 2, index)
    transport.put(QUEUE_VECTOR, 2, 1)
    return transport.get(CONFIG_VECTOR, 2), transport.get(QUEUE_VECTOR, 2)


def check_refused_vectors_of_owner_read_back_as_none(binary):
    for told, expected in (("none", (0, 1)), ("config", (NO_VECTOR, 1)),
                           ("queues", (0, NO_VECTOR)), ("all", (NO_VECTOR, NO_VECTOR))):
        with admin.Lab(binary, vfs=1, use=False, up=False, refused_vectors=told) as lab:
            assert lab.qom("refused-vectors") == told
            lab.topology.owner.enable_msix(True)
            lab.transport.start(virtio.F_ADMIN_VQ, virtio.F_SR_IOV)
            assert vectors_after_write(lab.transport, 64) == expected, told
            assert vectors_after_write(lab.transport, 0) == expected, told
            lab.new_queue()
            lab.transport.driver_ok()
            assert lab.run(LIST_QUERY).status == OK
            assert not lab.violations()


def check_refused_vectors_can_change_at_run_time(binary):
    with admin.Lab(binary) as lab:
        lab.topology.owner.enable_msix(True)
        lab.transport.put(CONFIG_VECTOR, 2, 0)
        lab.qom("refused-vectors", "config")
        assert lab.transport.get(CONFIG_VECTOR, 2) == 0, "what is mapped stays"
        lab.transport.put(CONFIG_VECTOR, 2, 1)
        assert lab.transport.get(CONFIG_VECTOR, 2) == NO_VECTOR
        try:
            lab.qom("refused-vectors", "some")
        except RuntimeError:
            assert lab.qom("refused-vectors") == "config"
        else:
            assert False, "there is no such value"


def check_refused_vectors_of_members_are_not_affected(binary):
    with admin.Lab(binary, refused_vectors="all") as lab:
        lab.members[0].enable_msix(True)
        lab.write(20, b"\0\0")
        assert lab.value(20, 2) == 0


def check_vectors_of_member_survive_msix_off_unless_told(binary):
    for told in (False, True):
        with admin.Lab(binary) as lab:
            lab.qom("lose-vectors", told)
            for member in (1, 2):
                lab.members[member - 1].enable_msix(True)
                lab.write(20, b"\1\0", member)
                for queue in (0, 1):
                    lab.write(14, bytes([queue, 0]), member)
                    lab.write(22, b"\2\0", member)
            lab.members[0].enable_msix(False)
            lab.members[0].enable_msix(True)
            expected = (NO_VECTOR, NO_VECTOR) if told else (1, 2)
            for queue in (0, 1):
                lab.write(14, bytes([queue, 0]))
                assert (lab.value(20, 2), lab.value(22, 2)) == expected
            assert (lab.value(20, 2, 2), lab.value(22, 2, 2)) == (1, 2), "of another member"
            lab.write(20, b"\2\0")
            assert lab.value(20, 2) == 2, "a new one can be mapped"


def check_vectors_of_member_written_with_msix_off_are_lost_when_told(binary):
    for told in (False, True):
        with admin.Lab(binary) as lab:
            lab.qom("lose-vectors", told)
            member = virtio.Transport(lab.machine, lab.members[0])
            member.put(CONFIG_VECTOR, 2, 1)
            lab.members[0].enable_msix(True)
            assert lab.value(20, 2) == (NO_VECTOR if told else 1)
            lab.write(20, b"\1\0")
            lab.members[0].enable_msix(True)
            assert lab.value(20, 2) == 1, "a write that changes nothing loses nothing"


def check_list_survives_vf_enable_unless_told(binary):
    for told in (False, True):
        with admin.Lab(binary) as lab:
            lab.qom("forget-list", told)
            lab.topology.enable_vfs(3)
            assert lab.read(18, 1).status == OK, "VF Enable did not change"
            lab.topology.disable_vfs()
            lab.topology.enable_vfs(3)
            lab.qom("admin-stats-reset", True)
            reply = lab.read(18, 1)
            if not told:
                assert reply.status == OK
                continue
            assert reply.is_error(Q_OPCODE), reply
            assert lab.run(LIST_QUERY).status == OK
            assert lab.list_use(ALL_COMMANDS).status == OK
            assert lab.read(18, 1).status == OK


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]
