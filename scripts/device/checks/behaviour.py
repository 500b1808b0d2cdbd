# SPDX-License-Identifier: GPL-2.0-only
"""Checks: identity, features, resets, violations, removal."""

import struct
import time

from . import admin, qtest, virtio
from .admin import ALL_COMMANDS, COMMON_READ, COMMON_WRITE, LIST_QUERY, OK, Q_GROUP


def check_owner_identity(binary):
    with admin.Lab(binary) as lab:
        owner = lab.topology.owner
        assert owner.get(0, 4) == 0x10411AF4
        assert owner.get(8, 1) == 1, "revision"
        assert owner.get(0x2E, 2) >= 0x40, "subsystem id"
        sriov = lab.topology.sriov
        assert owner.get(sriov + 0x0E, 2) == 3, "TotalVFs"
        assert owner.get(sriov + 0x1A, 2) == 0x1041, "VF device id"
        for name in ("AER", "ARI"):
            assert owner.extended(name), name


def check_member_identity(binary):
    with admin.Lab(binary) as lab:
        owner, sriov = lab.topology.owner, lab.topology.sriov
        assert owner.get(sriov + 0x24, 4) == 0, "VF BAR0"
        for vf in lab.members:
            assert vf.get(0, 4) == 0xFFFFFFFF, "vendor and device id of a VF"
            assert vf.get(8, 1) == 1, "revision"
            assert vf.get(0x3D, 1) == 0, "no INTx"
            vf.set_command(0x407)
            assert vf.get(4, 2) == 4, "only bus mastering can be enabled"
            assert vf.extended("AER") and vf.extended("ARI")
            assert not vf.extended("SR-IOV")


def check_member_device_id(binary):
    with admin.Lab(binary, vfs=0, use=False, member_device_id=0x1052) as lab:
        did = lab.topology.owner.get(lab.topology.sriov + 0x1A, 2)
        assert did == 0x1052, hex(did)


def check_bars_do_not_overlap_structures(binary):
    with admin.Lab(binary, notify_info="both") as lab:
        for function in (lab.topology.owner, lab.members[0]):
            used = {function.get(o + 4, 1) for o in function.capability(9)}
            msix = function.capability(0x11)[0]
            used |= {function.get(msix + 4, 4) & 7,
                     function.get(msix + 8, 4) & 7}
            assert 2 not in used


def check_queue_numbers(binary):
    with admin.Lab(binary, admin_queue_size=16) as lab:
        transport = lab.transport
        assert transport.get(18, 2) <= transport.get(60, 2)
        assert transport.get(62, 2) == 1
        assert lab.queue.size == 16
        transport.start(virtio.F_SR_IOV)
        assert (transport.get(60, 2), transport.get(62, 2)) == (0, 0)


def check_features(binary):
    wanted = 1 << virtio.F_ADMIN_VQ | 1 << virtio.F_SR_IOV
    with admin.Lab(binary) as lab:
        assert lab.transport.offered() & wanted == wanted
        member = virtio.Transport(lab.machine, lab.members[0])
        assert member.offered() & wanted == 0
        assert member.offered() & 1 << 33, "ACCESS_PLATFORM"
    with admin.Lab(binary, members=1, vfs=0, use=False,
                   iommu__platform="on", indirect__desc="off") as lab:
        offered = lab.transport.offered()
        assert offered & 1 << 33 and not offered & 1 << 28


def check_without_admin_queue(binary):
    with admin.Lab(binary, admin_vq="off", vfs=0, use=False, up=False) as lab:
        assert not lab.transport.offered() & 1 << virtio.F_ADMIN_VQ
        lab.transport.start(virtio.F_SR_IOV)
        lab.transport.put(22, 2, 64)
        assert lab.transport.get(24, 2) == 0, "there is a queue 64"
        assert lab.transport.get(62, 2) == 0, "admin_queue_num"


def check_capability_faults(binary):
    for kind in ("loop", "short", "bar", "range", "missing"):
        with admin.Lab(binary, vfs=0, use=False, up=False,
                       capability_fault=kind) as lab:
            owner, seen = lab.topology.owner, {}
            for offset in owner.capability(9):
                seen[owner.get(offset + 3, 1)] = [
                    owner.get(offset + 4, 1), owner.get(offset + 8, 4),
                    owner.get(offset + 12, 4)]
            if kind == "loop":
                assert virtio.COMMON not in seen, "behind the loop"
                continue
            common = seen[virtio.COMMON]
            assert (virtio.NOTIFY not in seen) == (kind == "missing")
            assert (common[0] not in owner.bars) == (kind == "bar")
            assert (common[1] > 0x4000) == (kind == "range")
            assert (common[2] < 0x38) == (kind == "short")


def check_unoffered_features_are_refused(binary):
    with admin.Lab(binary, vfs=0, use=False, up=False) as lab:
        transport = lab.transport
        transport.reset()
        for status in (1, 3):
            transport.put(20, 1, status)
        transport.accept(virtio.F_VERSION_1, 63)
        transport.put(20, 1, 11)
        assert transport.get(20, 1) & 8 == 0, "FEATURES_OK"


def check_nothing_before_driver_ok(binary):
    with admin.Lab(binary, vfs=1, use=False) as lab:
        lab.transport.start(virtio.F_ADMIN_VQ, virtio.F_SR_IOV)
        lab.new_queue()
        lab.post(LIST_QUERY)
        assert not lab.kick()
        assert "DRIVER_OK" in violations(lab)[-1]
        lab.transport.driver_ok()
        assert len(lab.kick()) == 1


def check_owner_dma_is_translated(binary):
    with admin.Lab(binary, iommu__platform="on") as lab:
        lab.topology.owner.set_command(2)
        lab.post(LIST_QUERY)
        assert not lab.kick(), "DMA without bus mastering"


def check_needs_reset(binary):
    with admin.Lab(binary) as lab:
        lab.topology.owner.enable_msix(True)
        lab.transport.put(16, 2, 1)
        assert lab.topology.owner.pending_vectors() == 0
        lab.qom("needs-reset", True)
        assert lab.transport.get(20, 1) == 15 | 0x40
        assert lab.topology.owner.pending_vectors() == 2, "no configuration change"
        lab.post(LIST_QUERY)
        assert not lab.kick()
        lab.bring_up()
        assert lab.run(LIST_QUERY).status == OK


def check_member_reset_takes_time(binary):
    with admin.Lab(binary, member_reset_ms=5) as lab:
        for status in (b"\1", b"\3", b"\0"):
            lab.write(18, status)
        assert lab.value(18, 1) == 3
        lab.machine.step(4900)
        assert lab.value(18, 1) == 3
        lab.machine.step(200)
        assert lab.value(18, 1) == 0


def check_queue_reset(binary):
    with admin.Lab(binary, vfs=1, use=False) as lab:
        lab.transport.start(virtio.F_ADMIN_VQ, virtio.F_SR_IOV,
                            virtio.F_RING_RESET)
        lab.new_queue()
        lab.transport.driver_ok()
        assert lab.list_use(ALL_COMMANDS).status == OK
        lab.qom("fault", "3,1,never")
        assert not lab.read_later()
        lab.transport.put(22, 2, 64)
        lab.transport.put(58, 2, 1)
        assert lab.transport.get(58, 2) == 0
        assert lab.stats()["outstanding"] == 0
        lab.qom("fault", "")
        lab.new_queue()
        assert lab.value(18, 1) == 0, "a queue reset keeps the list"


def check_member_function_reset(binary):
    with admin.Lab(binary) as lab:
        for member in (1, 2):
            lab.write(18, b"\3", member)
            lab.members[member - 1].set_command(4)
        lab.qom("admin-stats-reset", True)
        lab.members[0].function_reset()
        assert lab.value(18, 1, 1) == 0 and lab.value(18, 1, 2) == 3
        assert lab.members[0].get(4, 2) == 0
        assert lab.members[1].get(4, 2) == 4
        assert lab.member_stats(1)["function-resets"] == 1
        assert lab.member_stats(2)["function-resets"] == 0


def check_owner_function_reset(binary):
    with admin.Lab(binary) as lab:
        lab.write(18, b"\3")
        lab.topology.owner.function_reset()
        assert not lab.topology.vf_enable()
        assert lab.transport.function.get(4, 2) & 6 == 0
        lab.topology.place_bars(lab.topology.owner, 0x10, 1)
        lab.topology.owner.set_command(6)
        lab.transport = virtio.Transport(lab.machine, lab.topology.owner)
        assert lab.transport.get(20, 1) == 0
        lab.bring_up()
        assert lab.run(LIST_QUERY).is_error(Q_GROUP)
        lab.topology.enable_vfs(3)
        assert lab.list_use(ALL_COMMANDS).status == OK
        assert lab.value(18, 1) == 0, "a member survived its owner's reset"


def violations(lab):
    return lab.stats()["violations"]


def check_violations(binary):
    with admin.Lab(binary, use=False) as lab:
        lab.read(18, 1)
        assert "not in the list" in violations(lab)[-1]
        lab.list_use(ALL_COMMANDS)
        lab.queue.post([struct.pack("<HHB11xQ", COMMON_READ, 1, 1, 1) +
                        b"\x12"], [9])
        lab.kick()
        assert "reserved" in violations(lab)[-1]
        lab.run(COMMON_WRITE, 1, b"\x12" + bytes(6) + b"\1\1")
        assert "reserved" in violations(lab)[-1]
        lab.list_use(1 << 20)
        assert "never reported" in violations(lab)[-1]
        lab.qom("admin-stats-reset", True)
        assert not violations(lab)


def check_violation_list_use_outstanding(binary):
    with admin.Lab(binary) as lab:
        lab.qom("fault", "3,1,never,count=1")
        lab.post(COMMON_READ, 1, b"\x12", 1)
        assert not lab.kick()
        lab.list_use(ALL_COMMANDS)
        assert "LIST_USE with 1" in violations(lab)[-1]


def check_violation_vf_enable(binary):
    with admin.Lab(binary) as lab:
        lab.qom("fault", "any,any,never")
        lab.post(COMMON_READ, 1, b"\x12", 1)
        lab.kick()
        assert not violations(lab)
        lab.topology.disable_vfs()
        assert "VF Enable" in violations(lab)[-1]


def check_counters(binary):
    with admin.Lab(binary) as lab:
        lab.qom("admin-stats-reset", True)
        lab.read(18, 1, 1)
        lab.read(18, 1, 2)
        lab.read(12, 4, 2)
        lab.write(14, b"\0\0", 2)
        stats = lab.stats()
        assert stats["opcodes"] == {"0x2": 1, "0x3": 3}, stats
        assert stats["errors"] == {"field": 1}, stats
        assert stats["members"]["1"]["opcodes"] == {"0x3": 1}
        assert stats["members"]["2"]["opcodes"] == {"0x2": 1, "0x3": 2}
        assert stats["members"]["3"]["opcodes"] == {}
        assert stats["members"]["2"]["failed"] == 1


def check_trace(binary):
    with admin.Lab(binary) as lab:
        pass
    path = lab.machine.dir + ".trace"
    try:
        with admin.Lab(binary, admin_trace=path) as lab:
            lab.write(14, b"\1\0", 2)
        with open(path) as trace:
            line = [l for l in trace if "opcode=0x2" in l][0]
        assert "member=2 offset=14" in line and "data=0100" in line, line
    finally:
        admin.remove(path)


def wait_until(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.01)


def check_surprise_removal(binary):
    with admin.Lab(binary) as lab:
        lab.qom("fault", "3,any,never")
        lab.post(COMMON_READ, 1, b"\x12", 1)
        lab.kick()
        lab.qom("surprise-removal", True)
        owner, vf = lab.topology.owner, lab.members[0]
        wait_until(lambda: owner.get(0, 4) == 0xFFFFFFFF)
        assert vf.get(4, 4) == 0xFFFFFFFF
        assert lab.machine.get(owner.bars[4] + 20, 4) == 0xFFFFFFFF
        pcie = lab.topology.port.capability(0x10)[0]
        assert lab.topology.port.get(pcie + 0x1A, 2) & 0x48 == 0x08
        lab.machine.step(1000000)


def check_owner_can_come_back(binary):
    with admin.Lab(binary) as lab:
        lab.qom("surprise-removal", True)
        wait_until(lambda: lab.topology.owner.get(0, 4) == 0xFFFFFFFF)
        lab.machine.qmp("device_add", driver="virtio-net-owner-pci", id="pf0",
                        bus="rp0", netdev="pf", members=2,
                        **{"member-backend": "m"})
        wait_until(lambda: lab.topology.owner.get(0, 4) == 0x10411AF4)
        assert lab.stats()["opcodes"] == {}


def check_error_injection(binary):
    with admin.Lab(binary) as lab:
        for name in ("pf0", "pf0-vf1"):
            text = lab.machine.qmp(
                "human-monitor-command",
                **{"command-line": "pcie_aer_inject_error %s POISON_TLP" % name})
            assert text.startswith("OK"), text
        aer = lab.members[0].extended("AER")
        assert lab.members[0].get(aer + 4, 4) == 1 << 12


def check_bad_properties(binary):
    for bad in ({"members": 3, "admin_queue_size": 3},
                {"members": 3, "notify_info": "some"},
                {"members": 3, "latency_model": "none"},
                {"members": 3, "fault": "1,,2"},
                {"members": 3, "capability_fault": "some"},
                {"members": 256}):
        try:
            with admin.Lab(binary, vfs=0, use=False, **bad):
                assert False, bad
        except qtest.Gone as error:
            assert "qemu" in str(error) and "Assert" not in str(error), error


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]
