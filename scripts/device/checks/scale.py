# SPDX-License-Identifier: GPL-2.0-only
"""Checks: as many members as an owner can have, and several such owners."""

from . import admin, qtest, virtio
from .admin import DEVICE_READ, OK

MAC_BASE = 0x525400AA0000
DOORBELL_BAR, DOORBELL = 2, 0x40


def identify(lab, n, vf, base):
    """That function, BARs, doorbell and member id n are one member's."""
    mac = (base + n).to_bytes(6, "big")
    assert vf.get(8, 1) == 1, (n, "there is no such function")
    window = virtio.Transport(lab.machine, vf).windows[virtio.DEVICE]
    assert lab.machine.read(window, 6) == mac, (n, "BAR")
    reply = lab.read(0, 6, member=n, opcode=DEVICE_READ)
    assert reply.status == OK and reply.result == mac, (n, reply)
    lab.machine.put(vf.bars[DOORBELL_BAR] + DOORBELL, 2, 0)


def expect_one_doorbell_each(lab, count):
    members = lab.stats()["members"]
    assert len(members) == count
    for n, stats in members.items():
        assert stats["doorbells"]["member"] == 1, (n, stats)
        assert stats["opcodes"] == {"0x5": 1}, (n, stats)


def check_255_members(binary):
    """They fill the owner's bus, so an alternative routing id is theirs to have."""
    with admin.Lab(binary, members=255) as lab:
        sriov = lab.topology.sriov
        assert lab.topology.owner.get(sriov + 8, 2) & 0x10, "ARI capable hierarchy"
        assert lab.topology.owner.get(sriov + 0x0E, 2) == 255, "TotalVFs"
        first, stride = (lab.topology.owner.get(sriov + at, 2) for at in (0x14, 0x16))
        assert first + 254 * stride == 255, "on the owner's own bus"
        for n, vf in enumerate(lab.members, 1):
            assert vf.extended("ARI"), n
            identify(lab, n, vf, MAC_BASE)
        expect_one_doorbell_each(lab, 255)
        assert lab.read(18, 1, member=256).is_error(admin.Q_MEMBER)
        lab.topology.disable_vfs()
        assert lab.members[254].get(8, 1) == 0xFF, "a function after VF Enable was cleared"


def check_four_owners(binary):
    """A thousand members, each alone in the counters of its own owner."""
    arguments = []
    for index in range(4):
        arguments += ["-netdev", "user,restrict=on,id=p%d" % index,
                      *admin.owner_arguments(
                          members=250, index=index, backend=",netdev=p%d" % index,
                          member_mac_base="52:54:00:aa:%02x:00" % index)]
    with qtest.Machine(binary, ["-nic", "none", *arguments]) as machine:
        owners = [admin.Owner(machine, index) for index in range(4)]
        for owner in owners:
            owner.start(250)
        for owner in owners:
            for n in (1, 8, 9, 249, 250):
                identify(owner, n, owner.members[n - 1], MAC_BASE + (owner.index << 8))
        for owner in owners:
            rung = {n for n, stats in owner.stats()["members"].items()
                    if stats["doorbells"]["member"] == 1}
            assert rung == {"1", "8", "9", "249", "250"}, (owner.index, rung)


def check_member_bars(binary):
    """Each is one range of QEMU's memory map; what is in it answers at its place."""
    with admin.Lab(binary) as lab:
        vf = lab.members[1]
        msix = vf.capability(0x11)[0]
        assert (vf.get(msix + 4, 4) & 7, vf.get(msix + 4, 4) & ~7) == (1, 0), "table"
        pending = vf.bars[1] + (vf.get(msix + 8, 4) & ~7)
        for n in range((vf.get(msix + 2, 2) & 0x7FF) + 1):
            lab.machine.put(vf.bars[1] + 16 * n, 4, 0xFEE00000 + 16 * n)
            lab.machine.put(vf.bars[1] + 16 * n + 8, 4, n)
        assert lab.machine.get(vf.bars[1] + 16, 8) == 0xFEE00010
        assert lab.machine.get(vf.bars[1] + 16 + 8, 8) == 1 | 1 << 32, "masked"
        assert lab.machine.get(pending, 8) == 0
        assert lab.machine.get(pending - 8, 8) == 0, "between table and pending bits"
        lab.machine.put(pending - 8, 8, 1)
        assert lab.machine.get(lab.members[0].bars[1] + 16, 4) == 0


def check_member_queue(binary):
    """A modern driver's notification comes through the BAR to an event of QEMU's."""
    with admin.Lab(binary, members=1, kind="rng") as lab:
        lab.members[0].set_command(4)
        transport = virtio.Transport(lab.machine, lab.members[0])
        transport.start()
        queue = virtio.Queue(transport, 0, admin.MEMORY + 0x400000)
        transport.driver_ok()
        queue.post([], [64])
        queue.kick()
        for _ in range(200):
            lab.machine.step(1000)
            done = queue.completions()
            if done:
                break
        assert len(done) == 1 and done[0][1] > 0, done


def check_member_window(binary):
    """VIRTIO_PCI_CAP_PCI_CFG: the BARs through configuration space."""
    with admin.Lab(binary) as lab:
        vf = lab.members[0]
        cap = next(c for c in vf.capability(9) if vf.get(c + 3, 1) == 5)
        status = virtio.Transport(lab.machine, vf).windows[virtio.COMMON] + 20 - vf.bars[4]

        def aim(bar, offset, length):
            vf.put(cap + 4, 1, bar)
            vf.put(cap + 8, 4, offset)
            vf.put(cap + 12, 4, length)
        aim(4, status, 1)
        vf.put(cap + 16, 1, 3)
        assert lab.value(18, 1) == 3, "written through the window"
        lab.write(18, b"\1")
        assert vf.get(cap + 16, 1) == 1, "read through the window"
        aim(DOORBELL_BAR, DOORBELL, 2)
        vf.put(cap + 16, 2, 0)
        assert lab.member_stats(1)["doorbells"]["member"] == 1
        for wrong in ((4, status, 3), (4, status + 1, 2), (4, 0x10000, 4), (0, 0, 4),
                      (3, 0, 4), (9, 0, 4), (255, 0, 4), (4, 0xFFFFFFFC, 4),
                      (DOORBELL_BAR, DOORBELL + 1, 2), (DOORBELL_BAR, 0x1000, 2)):
            aim(*wrong)
            vf.put(cap + 16, 4, 0)
            vf.get(cap + 16, 4)
        assert lab.value(18, 1) == 1 and lab.value(18, 1, member=2) == 0
        assert lab.member_stats(1)["doorbells"]["member"] == 1
        assert not lab.stats()["violations"]


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]
