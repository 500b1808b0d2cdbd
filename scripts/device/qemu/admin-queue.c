/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands that the device took from the administration virtqueue:
 * buffers of any shape, latency, and completion, faults included
 * ("Administration Virtqueues").
 */
#include "qemu/osdep.h"
#include "qemu/iov.h"
#include "owner.h"

static int64_t now_ns(void)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

/*
 * Pipelined: each takes the latency. Serial: one after the other does. In
 * order, also when the latency has become shorter.
 */
static int64_t due_time(AdminQueue *q, int64_t arrival)
{
    int64_t start = q->serial ? MAX(arrival, q->last_due) : arrival;
    int64_t due = start + (int64_t)q->latency_us * SCALE_US;

    q->last_due = MAX(due, q->last_due);
    return q->last_due;
}

static void read_request(AdminCommand *cmd)
{
    AdminRequest *request = &cmd->request;
    size_t in_len = iov_size(cmd->elem.in_sg, cmd->elem.in_num);

    memset(request, 0, sizeof(*request));
    request->len = iov_size(cmd->elem.out_sg, cmd->elem.out_num);
    request->copied = iov_to_buf(cmd->elem.out_sg, cmd->elem.out_num, 0,
                                 request->bytes, sizeof(request->bytes));
    request->result_room =
        in_len > ADMIN_STATUS_SIZE ? in_len - ADMIN_STATUS_SIZE : 0;
    admin_command_decode(request);
}

static bool list_use_outstanding(AdminQueue *q)
{
    AdminCommand *cmd;

    QTAILQ_FOREACH(cmd, &q->waiting, next) {
        if (cmd->request.opcode == VIRTIO_ADMIN_CMD_LIST_USE) {
            return true;
        }
    }
    return false;
}

/* The driver's obligations about what may be outstanding together. */
static void check_arrival(VirtIOOwnerPCI *o, const AdminRequest *request)
{
    AdminQueue *q = &o->queue;

    if (request->opcode == VIRTIO_ADMIN_CMD_LIST_USE && q->outstanding) {
        admin_violation(o, "LIST_USE with %u commands outstanding",
                        q->outstanding);
    } else if (list_use_outstanding(q)) {
        admin_violation(o, "opcode 0x%x while LIST_USE is outstanding",
                        request->opcode);
    }
}

/* The device has the command from now on. */
void admin_queue_accept(VirtIOOwnerPCI *o, AdminCommand *cmd)
{
    AdminQueue *q = &o->queue;

    read_request(cmd);
    check_arrival(o, &cmd->request);
    cmd->due = due_time(q, now_ns());
    cmd->stuck_until = 0;
    QTAILQ_INSERT_TAIL(&q->waiting, cmd, next);
    q->outstanding++;
    admin_stats_arrived(o, &cmd->request);
}

static void give_back(VirtIOOwnerPCI *o, AdminCommand *cmd, unsigned used,
                      const AdminFault *fault)
{
    AdminQueue *q = &o->queue;

    virtqueue_push(q->vq, &cmd->elem, used);
    if (fault && fault->kind == ADMIN_FAULT_TWICE) {
        virtqueue_push_used_again(q->vq, cmd->elem.index, used);
    }
    if (!fault || fault->kind != ADMIN_FAULT_QUIET) {
        virtio_notify(o->vdev, q->vq);
    }
    q->outstanding--;
    admin_stats_left(o, &cmd->request, now_ns() - cmd->due);
    g_free(cmd);
}

static void finish(VirtIOOwnerPCI *o, AdminCommand *cmd,
                   const AdminFault *fault)
{
    AdminReply reply;
    unsigned used;

    if (fault && fault->kind == ADMIN_FAULT_STATUS) {
        admin_reply_force(&reply, fault->arg);
    } else {
        admin_command_execute(o, &cmd->request, &reply);
    }
    used = admin_reply_write(cmd, fault, &reply);
    admin_stats_count(o, &cmd->request, &reply);
    admin_trace_command(o, &cmd->request, &reply, used,
                        fault ? admin_fault_names[fault->kind] : NULL);
    give_back(o, cmd, used, fault);
}

static void lose(VirtIOOwnerPCI *o, AdminCommand *cmd)
{
    QTAILQ_INSERT_TAIL(&o->queue.lost, cmd, next);
    admin_trace_event(o, "lost opcode=0x%x member=%" PRIu64,
                      cmd->request.opcode, cmd->request.member_id);
}

static void get_stuck(VirtIOOwnerPCI *o, AdminCommand *cmd,
                      const AdminFault *fault)
{
    cmd->stuck_until = fault->has_arg
                       ? now_ns() + (int64_t)fault->arg * SCALE_MS
                       : INT64_MAX;
    admin_trace_event(o, "stuck opcode=0x%x member=%" PRIu64,
                      cmd->request.opcode, cmd->request.member_id);
}

/* The first fault that fits decides; a command can be stuck once only. */
static bool take_fault(VirtIOOwnerPCI *o, AdminCommand *cmd,
                       AdminFault *fault)
{
    if (cmd->stuck_until) {
        admin_order_postpone(&o->queue.waiting, cmd->stuck_until);
        return false;
    }
    return admin_fault_take(o, &cmd->request, fault);
}

/* "stuck", "late" and "never" postpone the doing. */
static void process(VirtIOOwnerPCI *o, AdminCommand *cmd)
{
    AdminQueue *q = &o->queue;
    AdminFault fault;
    bool faulty = take_fault(o, cmd, &fault);

    if (faulty && fault.kind == ADMIN_FAULT_STUCK) {
        get_stuck(o, cmd, &fault);
        return;
    }
    QTAILQ_REMOVE(&q->waiting, cmd, next);
    if (!faulty) {
        finish(o, cmd, NULL);
        return;
    }
    switch (fault.kind) {
    case ADMIN_FAULT_NEVER:
        lose(o, cmd);
        break;
    case ADMIN_FAULT_LATE:
        cmd->due = now_ns() + (int64_t)fault.arg * SCALE_MS;
        QTAILQ_INSERT_TAIL(&q->late, cmd, next);
        break;
    default:
        finish(o, cmd, &fault);
        break;
    }
}

static void run_late(VirtIOOwnerPCI *o, int64_t now)
{
    AdminQueue *q = &o->queue;
    AdminCommand *cmd, *next;

    QTAILQ_FOREACH_SAFE(cmd, &q->late, next, next) {
        if (cmd->due <= now) {
            QTAILQ_REMOVE(&q->late, cmd, next);
            finish(o, cmd, NULL);
        }
    }
}

static void arm_timer(AdminQueue *q)
{
    int64_t due = admin_order_due(q);
    AdminCommand *cmd;

    QTAILQ_FOREACH(cmd, &q->late, next) {
        due = MIN(due, cmd->due);
    }
    if (due == INT64_MAX) {
        timer_del(q->timer);
    } else {
        timer_mod(q->timer, due);
    }
}

/* Whatever is due is executed. */
void admin_queue_run(VirtIOOwnerPCI *o)
{
    AdminQueue *q = &o->queue;
    int64_t now = now_ns();
    AdminCommand *cmd;

    if (!q->vq || q->resetting || controller_is_paused(o)) {
        return;
    }
    while ((cmd = admin_order_next(q, now))) {
        process(o, cmd);
    }
    run_late(o, now);
    arm_timer(q);
}

static void queue_timer_expired(void *opaque)
{
    admin_queue_run(opaque);
}

/* The faults changed: stuck commands meet the new ones. */
void admin_queue_release(VirtIOOwnerPCI *o)
{
    AdminQueue *q = &o->queue;

    if (q->vq) {
        admin_order_postpone(&q->waiting, now_ns());
        admin_order_release(q);
        admin_queue_run(o);
    }
}

/* After a pause: what it delayed is done now. */
void admin_queue_resume(VirtIOOwnerPCI *o)
{
    AdminQueue *q = &o->queue;

    if (q->vq) {
        admin_order_postpone(&q->waiting, now_ns());
        admin_order_postpone(&q->late, now_ns());
        admin_queue_run(o);
    }
}

static void lose_list(VirtIOOwnerPCI *o, AdminCommandList *list)
{
    AdminCommand *cmd;

    while ((cmd = QTAILQ_FIRST(list))) {
        QTAILQ_REMOVE(list, cmd, next);
        lose(o, cmd);
    }
}

/* The driver gets them back by a reset only. */
void admin_queue_lose(VirtIOOwnerPCI *o)
{
    if (o->queue.vq) {
        lose_list(o, &o->queue.waiting);
        lose_list(o, &o->queue.late);
    }
}

static void drop_all(AdminQueue *q, AdminCommandList *list)
{
    AdminCommand *cmd;

    while ((cmd = QTAILQ_FIRST(list))) {
        QTAILQ_REMOVE(list, cmd, next);
        virtqueue_detach_element(q->vq, &cmd->elem, 0);
        g_free(cmd);
    }
}

/* A reset takes back what the device had: nothing completes afterwards. */
void admin_queue_reset(VirtIOOwnerPCI *o)
{
    AdminQueue *q = &o->queue;

    if (!q->vq) {
        return;
    }
    timer_del(q->timer);
    drop_all(q, &q->waiting);
    drop_all(q, &q->late);
    drop_all(q, &q->lost);
    q->outstanding = 0;
    q->last_due = 0;
    admin_stats_taken_back(o);
}

void admin_queue_init(VirtIOOwnerPCI *o)
{
    AdminQueue *q = &o->queue;

    q->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, queue_timer_expired, o);
    QTAILQ_INIT(&q->waiting);
    QTAILQ_INIT(&q->late);
    QTAILQ_INIT(&q->lost);
}

void admin_queue_cleanup(VirtIOOwnerPCI *o)
{
    admin_queue_reset(o);
    timer_free(o->queue.timer);
}
