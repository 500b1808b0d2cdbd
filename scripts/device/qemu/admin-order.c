/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The order in which the device executes commands ("admin-order"), and
 * commands that are stuck in it:
 *
 *   arrival  strictly in the order of arrival; all commands wait behind a
 *            stuck one
 *   members  each member's commands in order. Among the members the latest
 *            arrival goes first, so that commands of two members overtake
 *            each other; only its own member's commands wait behind a stuck
 *            one
 */
#include "qemu/osdep.h"
#include "owner.h"

/* Commands with the same key keep their order. LIST commands have no member. */
static uint64_t order_key(const AdminRequest *request)
{
    return request->opcode <= VIRTIO_ADMIN_CMD_LIST_USE ? 0
                                                        : request->member_id;
}

/* Whether no command of its member is before it. */
static bool is_next(AdminCommand *cmd)
{
    AdminCommand *before = cmd;

    while ((before = QTAILQ_PREV(before, next))) {
        if (order_key(&before->request) == order_key(&cmd->request)) {
            return false;
        }
    }
    return true;
}

static int64_t ready_at(const AdminCommand *cmd)
{
    return cmd ? MAX(cmd->due, cmd->stuck_until) : INT64_MAX;
}

/* The command to execute now, or NULL. */
AdminCommand *admin_order_next(AdminQueue *q, int64_t now)
{
    AdminCommand *cmd = QTAILQ_FIRST(&q->waiting);

    if (!q->order_members) {
        return ready_at(cmd) <= now ? cmd : NULL;
    }
    QTAILQ_FOREACH_REVERSE(cmd, &q->waiting, next) {
        if (ready_at(cmd) <= now && is_next(cmd)) {
            return cmd;
        }
    }
    return NULL;
}

/* When there is a command to execute; INT64_MAX if that is not known. */
int64_t admin_order_due(AdminQueue *q)
{
    AdminCommand *cmd = QTAILQ_FIRST(&q->waiting);
    int64_t due = ready_at(cmd);

    if (!q->order_members) {
        return due;
    }
    QTAILQ_FOREACH(cmd, &q->waiting, next) {
        if (ready_at(cmd) < due && is_next(cmd)) {
            due = ready_at(cmd);
        }
    }
    return due;
}

/* A delay on purpose does not count as the simulation's. */
void admin_order_postpone(AdminCommandList *list, int64_t until)
{
    AdminCommand *cmd;

    QTAILQ_FOREACH(cmd, list, next) {
        cmd->due = MAX(cmd->due, until);
    }
}

/* Stuck commands are as if they had just arrived. */
void admin_order_release(AdminQueue *q)
{
    AdminCommand *cmd;

    QTAILQ_FOREACH(cmd, &q->waiting, next) {
        cmd->stuck_until = 0;
    }
}
