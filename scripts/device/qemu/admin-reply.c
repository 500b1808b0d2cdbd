/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a command's device-writable part gets: the reply, or what a fault
 * makes of it.
 */
#include "qemu/osdep.h"
#include "qemu/guest-random.h"
#include "qemu/iov.h"
#include "owner.h"

/* Returns the used length: what was written, cut to what the driver gave. */
static unsigned write_reply(AdminCommand *cmd, const AdminReply *reply)
{
    struct virtio_admin_cmd_status status = {
        .status = cpu_to_le16(reply->status),
        .status_qualifier = cpu_to_le16(reply->qualifier),
    };
    size_t used;

    used = iov_from_buf(cmd->elem.in_sg, cmd->elem.in_num, 0,
                        &status, sizeof(status));
    if (used == sizeof(status)) {
        used += iov_from_buf(cmd->elem.in_sg, cmd->elem.in_num, used,
                             reply->result, reply->result_len);
    }
    return used;
}

/* An answer with nonsense in the result, or with "1" in all of it. */
static unsigned write_garbage(AdminCommand *cmd, const AdminFault *fault,
                              const AdminReply *reply)
{
    size_t len = cmd->request.result_room;
    size_t skip = fault->has_arg && fault->arg ? 0 : ADMIN_STATUS_SIZE;
    g_autofree uint8_t *noise = NULL;

    if (skip) {
        write_reply(cmd, reply);
    } else {
        len += ADMIN_STATUS_SIZE;
    }
    noise = g_malloc(len);
    qemu_guest_getrandom_nofail(noise, len);
    return skip + iov_from_buf(cmd->elem.in_sg, cmd->elem.in_num, skip,
                               noise, len);
}

/* With the fault, if there is one; the used length says what the driver is told. */
unsigned admin_reply_write(AdminCommand *cmd, const AdminFault *fault,
                           AdminReply *reply)
{
    unsigned used;

    if (!fault) {
        return write_reply(cmd, reply);
    }
    switch (fault->kind) {
    case ADMIN_FAULT_GARBAGE:
        return write_garbage(cmd, fault, reply);
    case ADMIN_FAULT_SHORT:
        used = fault->has_arg ? fault->arg : ADMIN_STATUS_SIZE;
        if (used >= ADMIN_STATUS_SIZE) {
            reply->result_len = MIN(reply->result_len,
                                    used - ADMIN_STATUS_SIZE);
            return write_reply(cmd, reply);
        }
        return iov_from_buf(cmd->elem.in_sg, cmd->elem.in_num, 0,
                            &(uint16_t){ cpu_to_le16(reply->status) },
                            MIN(used, 2));
    case ADMIN_FAULT_LONG:
        return write_reply(cmd, reply) + (fault->has_arg ? fault->arg : 64);
    default:
        return write_reply(cmd, reply);
    }
}

/* A reply in the device's own words, without the command having been done. */
void admin_reply_force(AdminReply *reply, uint16_t status)
{
    memset(reply, 0, sizeof(*reply));
    reply->status = status;
    reply->qualifier = status ? ADMIN_Q_INVALID_COMMAND : ADMIN_Q_OK;
}
