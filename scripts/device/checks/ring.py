# SPDX-License-Identifier: GPL-2.0-only
"""Checks: the ring of the administration queue. A device that polls it, an
index that moves, a reset that takes its time, platform ordering."""

from . import admin, qtest, virtio
from .admin import COMMON_READ, LIST_QUERY, OK
from .notify import wait_for

SELECT, SIZE, ENABLE, RESET = 22, 24, 28, 58
INDEX = 60


def no_notify(lab):
    """VIRTQ_USED_F_NO_NOTIFY in the ring."""
    return lab.machine.get(lab.queue.used, 2) & 1


def completed(lab, microseconds):
    lab.machine.step(microseconds)
    return [head for head, _, _ in lab.queue.completions()]


def bring_up(lab):
    """With the feature to reset a queue."""
    lab.transport.start(virtio.F_ADMIN_VQ, virtio.F_SR_IOV, virtio.F_RING_RESET)
    lab.new_queue()
    lab.transport.driver_ok()


def reset_queue(lab):
    lab.transport.put(SELECT, 2, lab.transport.get(INDEX, 2))
    lab.transport.put(RESET, 2, 1)


def check_no_notify_device_polls_the_queue(binary):
    with admin.Lab(binary) as lab:
        assert not no_notify(lab)
        lab.qom("admin-no-notify", True)
        assert no_notify(lab)
        before = lab.stats()["notifications"]
        for _ in range(3):
            posted = [lab.post(COMMON_READ, member, b"\x12", 1) for member in (1, 2)]
            assert completed(lab, 100) == posted
        assert lab.stats()["notifications"] == before
        lab.queue.kick()
        assert lab.stats()["notifications"] == before + 1


def check_no_notify_cleared_needs_notifications_again(binary):
    with admin.Lab(binary) as lab:
        lab.qom("admin-no-notify", True)
        early = lab.post(LIST_QUERY, room=8)
        lab.qom("admin-no-notify", False)
        assert not no_notify(lab)
        assert completed(lab, 1) == [early], "the ring was looked at once more"
        lab.post(LIST_QUERY, room=8)
        assert not completed(lab, 1000000)
        assert len(lab.kick()) == 1


def check_no_notify_is_set_again_after_each_reset(binary):
    with admin.Lab(binary, vfs=1, use=False, admin_no_notify="on") as lab:
        assert no_notify(lab)
        bring_up(lab)
        assert no_notify(lab), "after a device reset"
        reset_queue(lab)
        lab.machine.step(1000)
        lab.new_queue()
        assert no_notify(lab), "after a queue reset"
        posted = lab.post(LIST_QUERY, room=8)
        assert completed(lab, 100) == [posted]


def check_no_notify_device_takes_nothing_before_driver_ok(binary):
    with admin.Lab(binary, vfs=1, use=False, admin_no_notify="on") as lab:
        lab.transport.start(virtio.F_ADMIN_VQ, virtio.F_SR_IOV)
        lab.new_queue()
        posted = lab.post(LIST_QUERY, room=8)
        assert not completed(lab, 1000)
        assert not no_notify(lab)
        lab.transport.driver_ok()
        assert completed(lab, 1) == [posted]
        assert not lab.violations()


def queue_sizes(lab, *indices):
    sizes = []
    for index in indices:
        lab.transport.put(SELECT, 2, index)
        sizes.append(lab.transport.get(SIZE, 2))
    return sizes


def check_admin_queue_index_moves_with_a_device_reset(binary):
    with admin.Lab(binary) as lab:
        lab.qom("admin-queue-index", 100)
        assert lab.transport.get(INDEX, 2) == 64
        assert lab.read(18, 1).status == OK
        lab.qom("fault", "3,1,never;3,2,stuck")
        for member in (1, 2):
            lab.post(COMMON_READ, member, b"\x12", 1)
        assert not lab.kick()
        lab.transport.reset()
        lab.qom("fault", "")
        assert queue_sizes(lab, 64, 100) == [0, 64]
        lab.bring_up()
        assert lab.transport.get(INDEX, 2) == 100
        assert lab.transport.get(18, 2) == 3, "num_queues"
        assert lab.run(LIST_QUERY).status == OK
        assert lab.list_use(admin.ALL_COMMANDS).status == OK
        assert lab.read(18, 1).status == OK
        assert lab.stats()["outstanding"] == 0
        lab.qom("admin-queue-index", 64)
        lab.bring_up()
        assert lab.transport.get(INDEX, 2) == 64 and lab.run(LIST_QUERY).status == OK


def check_admin_queue_index_moves_with_a_function_reset(binary):
    with admin.Lab(binary, ioeventfd="on") as lab:
        lab.qom("admin-queue-index", 1023)
        lab.topology.owner.function_reset()
        lab.topology.place_bars(lab.topology.owner, 0x10, 1)
        lab.topology.owner.set_command(6)
        lab.transport = virtio.Transport(lab.machine, lab.topology.owner)
        lab.bring_up()
        assert lab.transport.get(INDEX, 2) == 1023
        lab.topology.enable_vfs(3)
        lab.post(LIST_QUERY, room=8)
        lab.queue.kick()
        assert wait_for(lab, lab.queue.completions)


def check_admin_queue_index_does_not_move_with_a_queue_reset(binary):
    with admin.Lab(binary, vfs=1, use=False) as lab:
        bring_up(lab)
        lab.qom("admin-queue-index", 100)
        reset_queue(lab)
        lab.new_queue()
        assert lab.transport.get(INDEX, 2) == 64
        assert lab.run(LIST_QUERY).status == OK


def check_admin_queue_at_another_index_is_reset_like_any(binary):
    for reset_ms in (0, 20):
        with admin.Lab(binary, vfs=1, use=False, admin_queue_index=100,
                       queue_reset_ms=reset_ms) as lab:
            bring_up(lab)
            lab.qom("fault", "any,any,never")
            lab.post(LIST_QUERY, room=8)
            assert not lab.kick() and lab.stats()["outstanding"] == 1
            reset_queue(lab)
            lab.machine.step(20000)
            assert lab.stats()["outstanding"] == 0, reset_ms


def check_admin_queue_index_of_other_queues_is_refused(binary):
    with admin.Lab(binary, admin_queue_index=4) as lab:
        assert lab.transport.get(INDEX, 2) == 4
        assert lab.read(18, 1).status == OK
        for index in (0, 2, 3, 1024):
            try:
                lab.qom("admin-queue-index", index)
            except RuntimeError:
                continue
            assert False, index
        assert lab.qom("admin-queue-index") == 4
    for index in (3, 1024):
        try:
            with admin.Lab(binary, vfs=0, use=False, admin_queue_index=index):
                assert False, index
        except qtest.Gone as error:
            assert "administration virtqueue is at an index" in str(error), error


def check_order_platform_is_offered_when_told(binary):
    with admin.Lab(binary) as lab:
        assert not lab.transport.offered() & 1 << virtio.F_ORDER_PLATFORM
    with admin.Lab(binary, vfs=1, use=False, order_platform="on") as lab:
        assert lab.transport.offered() & 1 << virtio.F_ORDER_PLATFORM
        assert not lab.stats()["features"] & 1 << virtio.F_ORDER_PLATFORM
        lab.transport.start(virtio.F_ADMIN_VQ, virtio.F_SR_IOV, virtio.F_ORDER_PLATFORM)
        assert lab.stats()["features"] & 1 << virtio.F_ORDER_PLATFORM
        lab.new_queue()
        lab.transport.driver_ok()
        assert lab.run(LIST_QUERY).status == OK


def check_slow_queue_reset_reads_one_until_its_end(binary):
    with admin.Lab(binary, vfs=1, use=False, queue_reset_ms=20) as lab:
        bring_up(lab)
        lab.qom("latency-us", 1000)
        lab.post(LIST_QUERY, room=8)
        assert not lab.kick()
        lab.transport.put(SELECT, 2, 64)
        lab.qom("admin-stats-reset", True)
        lab.transport.put(RESET, 2, 1)
        assert not completed(lab, 19999), "executed during the reset"
        assert lab.transport.get(RESET, 2) == 1
        assert lab.stats()["outstanding"] == 1
        lab.transport.put(SELECT, 2, 0)
        assert lab.transport.get(RESET, 2) == 0, "of another queue"
        lab.machine.step(1)
        assert lab.transport.get(SELECT, 2) == 0, "the driver's selection"
        lab.transport.put(SELECT, 2, 64)
        assert (lab.transport.get(RESET, 2), lab.transport.get(ENABLE, 2)) == (0, 0)
        assert lab.stats()["outstanding"] == 0 and not lab.violations()
        lab.qom("latency-us", 0)
        lab.new_queue()
        assert lab.run(LIST_QUERY).status == OK


def check_slow_queue_reset_takes_no_new_commands(binary):
    with admin.Lab(binary, vfs=1, use=False, queue_reset_ms=20) as lab:
        bring_up(lab)
        reset_queue(lab)
        lab.machine.step(10000)
        lab.transport.put(RESET, 2, 1)
        lab.post(LIST_QUERY, room=8)
        assert not lab.kick()
        assert lab.stats()["outstanding"] == 0
        lab.machine.step(10000)
        assert lab.transport.get(RESET, 2) == 0, "the second write began it anew"
        assert not lab.queue.completions()


def check_slow_queue_reset_ends_with_a_device_reset(binary):
    with admin.Lab(binary, vfs=1, use=False, queue_reset_ms=20) as lab:
        bring_up(lab)
        reset_queue(lab)
        lab.machine.step(10000)
        bring_up(lab)
        lab.transport.put(SELECT, 2, 64)
        assert lab.transport.get(RESET, 2) == 0
        assert lab.run(LIST_QUERY).status == OK
        lab.machine.step(1000000)
        assert lab.transport.get(ENABLE, 2) == 1, "the old queue reset ended after the device reset"


def check_slow_queue_reset_of_other_queues_is_immediate(binary):
    with admin.Lab(binary, vfs=1, use=False, queue_reset_ms=20) as lab:
        lab.transport.start(virtio.F_ADMIN_VQ, virtio.F_RING_RESET)
        lab.new_queue()
        virtio.Queue(lab.transport, 1, 0x2000000)
        lab.transport.driver_ok()
        lab.transport.put(SELECT, 2, 1)
        lab.transport.put(RESET, 2, 1)
        assert (lab.transport.get(RESET, 2), lab.transport.get(ENABLE, 2)) == (0, 0)


CHECKS = [value for name, value in sorted(globals().items())
          if name.startswith("check_")]
