/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Group administration commands of the SR-IOV group: decoding, the order of
 * the checks, and what each command does ("Device groups / Group
 * administration commands" and its "Legacy Interface" paragraphs).
 */
#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "owner.h"

#define LIST_COMMANDS (BIT_ULL(VIRTIO_ADMIN_CMD_LIST_QUERY) | \
                       BIT_ULL(VIRTIO_ADMIN_CMD_LIST_USE))
#define LEGACY_COMMANDS (BIT_ULL(VIRTIO_ADMIN_CMD_LEGACY_COMMON_CFG_WRITE) | \
                         BIT_ULL(VIRTIO_ADMIN_CMD_LEGACY_COMMON_CFG_READ) | \
                         BIT_ULL(VIRTIO_ADMIN_CMD_LEGACY_DEV_CFG_WRITE) | \
                         BIT_ULL(VIRTIO_ADMIN_CMD_LEGACY_DEV_CFG_READ))

static void fail(AdminReply *reply, enum AdminQualifier qualifier)
{
    reply->status = ADMIN_EINVAL;
    reply->qualifier = qualifier;
}

/* What the driver left out reads as zero: bytes[] starts out cleared. */
void admin_command_decode(AdminRequest *request)
{
    struct virtio_admin_cmd_hdr hdr;

    memcpy(&hdr, request->bytes, sizeof(hdr));
    request->opcode = le16_to_cpu(hdr.opcode);
    request->group_type = le16_to_cpu(hdr.group_type);
    request->member_id = le64_to_cpu(hdr.group_member_id);
}

/*
 * The data of a legacy write, whose length is what the driver made it: it
 * may be longer than what was copied, but then it is in no field either.
 */
const uint8_t *admin_request_data(const AdminRequest *request, size_t *len)
{
    size_t start = ADMIN_HEADER_SIZE +
                   offsetof(struct virtio_admin_cmd_legacy_wr_data, registers);

    *len = request->len > start ? request->len - start : 0;
    return request->bytes + start;
}

uint8_t admin_request_offset(const AdminRequest *request)
{
    return request->bytes[ADMIN_HEADER_SIZE];
}

static uint64_t supported_commands(VirtIOOwnerPCI *o)
{
    uint64_t commands = LIST_COMMANDS;

    if (o->admin_legacy) {
        commands |= LEGACY_COMMANDS;
        if (o->notify_info != NOTIFY_INFO_REFUSED) {
            commands |= BIT_ULL(VIRTIO_ADMIN_CMD_LEGACY_NOTIFY_INFO);
        }
    }
    return commands;
}

void admin_command_reset(VirtIOOwnerPCI *o)
{
    o->used_commands = LIST_COMMANDS;
}

static void list_query(VirtIOOwnerPCI *o, AdminReply *reply)
{
    stq_le_p(reply->result, supported_commands(o));
    reply->result_len = sizeof(uint64_t);
}

static bool is_zero_between(const AdminRequest *request, size_t from,
                            size_t to)
{
    while (from < to) {
        if (request->bytes[from++]) {
            return false;
        }
    }
    return true;
}

/* The list may be shorter or longer than one word; longer parts are ignored. */
static void list_use(VirtIOOwnerPCI *o, const AdminRequest *request,
                     AdminReply *reply)
{
    uint64_t list = ldq_le_p(request->bytes + ADMIN_HEADER_SIZE);

    if (!is_zero_between(request, ADMIN_HEADER_SIZE + sizeof(list),
                         request->copied)) {
        admin_violation(o, "LIST_USE asks for commands beyond the first 64");
    }
    if (list & ~supported_commands(o)) {
        admin_violation(o, "LIST_USE asks for commands never reported: 0x%"
                        PRIx64, list & ~supported_commands(o));
        fail(reply, ADMIN_Q_INVALID_FIELD);
        return;
    }
    o->used_commands = list;
}

static void put_entry(AdminReply *reply, unsigned n, uint8_t flags,
                      uint8_t bar, uint64_t offset)
{
    struct virtio_admin_cmd_notify_info_data entry = {
        .flags = flags,
        .bar = bar,
        .offset = cpu_to_le64(offset),
    };

    memcpy(reply->result + n * sizeof(entry), &entry, sizeof(entry));
}

static void put_owner_entry(VirtIOOwnerPCI *o, AdminReply *reply,
                            unsigned n, unsigned id)
{
    put_entry(reply, n, VIRTIO_ADMIN_CMD_NOTIFY_INFO_FLAGS_OWNER_DEV,
              o->doorbell_bar, OWNER_DOORBELL_OFFSET(id));
}

static void put_member_entry(VirtIOOwnerPCI *o, AdminReply *reply,
                             unsigned n)
{
    put_entry(reply, n, VIRTIO_ADMIN_CMD_NOTIFY_INFO_FLAGS_OWNER_MEM,
              o->doorbell_bar, MEMBER_DOORBELL_OFFSET);
}

/*
 * Misbehaviour asked for by the notify-info property: a BAR that no function
 * has, then an offset that is odd and past the end of its BAR.
 */
static void put_invalid_entries(VirtIOOwnerPCI *o, AdminReply *reply)
{
    put_entry(reply, 0, VIRTIO_ADMIN_CMD_NOTIFY_INFO_FLAGS_OWNER_MEM, 7, 0);
    put_entry(reply, 1, VIRTIO_ADMIN_CMD_NOTIFY_INFO_FLAGS_OWNER_DEV,
              o->doorbell_bar, DOORBELL_BAR_SIZE + 1);
}

/* The MSI-X table of the member, then the owner's common configuration. */
static void put_structure_entries(AdminReply *reply)
{
    put_entry(reply, 0, VIRTIO_ADMIN_CMD_NOTIFY_INFO_FLAGS_OWNER_MEM, 1, 0);
    put_entry(reply, 1, VIRTIO_ADMIN_CMD_NOTIFY_INFO_FLAGS_OWNER_DEV, 4, 22);
}

/* The fourth entry is always the end of the list. */
static void notify_info(VirtIOOwnerPCI *o, VirtIOMemberPCI *m,
                        AdminReply *reply)
{
    reply->result_len = sizeof(struct virtio_admin_cmd_notify_info_result);

    switch (o->notify_info) {
    case NOTIFY_INFO_OWNER:
        put_owner_entry(o, reply, 0, m->id);
        break;
    case NOTIFY_INFO_MEMBER:
        put_member_entry(o, reply, 0);
        break;
    case NOTIFY_INFO_BOTH:
        put_member_entry(o, reply, 0);
        put_owner_entry(o, reply, 1, m->id);
        break;
    case NOTIFY_INFO_INVALID_OWNER:
        put_invalid_entries(o, reply);
        put_owner_entry(o, reply, 2, m->id);
        break;
    case NOTIFY_INFO_INVALID_MEMBER:
        put_invalid_entries(o, reply);
        put_member_entry(o, reply, 2);
        break;
    case NOTIFY_INFO_INVALID_STRUCTURE:
        put_structure_entries(reply);
        put_member_entry(o, reply, 2);
        break;
    case NOTIFY_INFO_INVALID_FOREIGN:
        put_owner_entry(o, reply, 0, m->id % o->members + 1);
        put_member_entry(o, reply, 1);
        break;
    case NOTIFY_INFO_INVALID_ONLY:
        put_invalid_entries(o, reply);
        break;
    default:
        break;
    }
}

static void legacy_write(VirtIOOwnerPCI *o, VirtIOMemberPCI *m,
                         const AdminRequest *request, AdminReply *reply)
{
    bool common =
        request->opcode == VIRTIO_ADMIN_CMD_LEGACY_COMMON_CFG_WRITE;
    uint8_t offset = admin_request_offset(request);
    size_t len;
    const uint8_t *data = admin_request_data(request, &len);

    if (!(common ? legacy_common_write(m, offset, data, len)
                 : legacy_device_write(m, offset, data, len))) {
        fail(reply, ADMIN_Q_INVALID_FIELD);
    }
}

/* The length of a read is the room that the driver provides for data. */
static void legacy_read(VirtIOOwnerPCI *o, VirtIOMemberPCI *m,
                        const AdminRequest *request, AdminReply *reply)
{
    bool common = request->opcode == VIRTIO_ADMIN_CMD_LEGACY_COMMON_CFG_READ;
    uint8_t offset = admin_request_offset(request);
    size_t len = request->result_room;

    if (len > sizeof(reply->result) ||
        !(common ? legacy_common_read(m, offset, reply->result, len)
                 : legacy_device_read(m, offset, reply->result, len))) {
        fail(reply, ADMIN_Q_INVALID_FIELD);
        return;
    }
    reply->result_len = len;
}

static void member_command(VirtIOOwnerPCI *o, const AdminRequest *request,
                           AdminReply *reply)
{
    VirtIOMemberPCI *m = owner_member(o, request->member_id);

    if (!m) {
        fail(reply, ADMIN_Q_INVALID_MEMBER);
        return;
    }

    switch (request->opcode) {
    case VIRTIO_ADMIN_CMD_LEGACY_COMMON_CFG_WRITE:
    case VIRTIO_ADMIN_CMD_LEGACY_DEV_CFG_WRITE:
        legacy_write(o, m, request, reply);
        break;
    case VIRTIO_ADMIN_CMD_LEGACY_COMMON_CFG_READ:
    case VIRTIO_ADMIN_CMD_LEGACY_DEV_CFG_READ:
        legacy_read(o, m, request, reply);
        break;
    case VIRTIO_ADMIN_CMD_LEGACY_NOTIFY_INFO:
        notify_info(o, m, reply);
        break;
    }
}

/* Unused fields are ignored here, but a driver has to clear them. */
static void check_reserved(VirtIOOwnerPCI *o, const AdminRequest *request)
{
    bool list = request->opcode <= VIRTIO_ADMIN_CMD_LIST_USE;
    bool write =
        request->opcode == VIRTIO_ADMIN_CMD_LEGACY_COMMON_CFG_WRITE ||
        request->opcode == VIRTIO_ADMIN_CMD_LEGACY_DEV_CFG_WRITE;

    if (!is_zero_between(request,
            offsetof(struct virtio_admin_cmd_hdr, reserved1),
            offsetof(struct virtio_admin_cmd_hdr, group_member_id)) ||
        (write && !is_zero_between(request, ADMIN_HEADER_SIZE + 1,
                                          ADMIN_HEADER_SIZE + 8))) {
        admin_violation(o, "opcode 0x%x: reserved bytes are not zero",
                        request->opcode);
    }
    if (list && request->member_id) {
        admin_violation(o, "opcode 0x%x: unused member id is %" PRIu64,
                        request->opcode, request->member_id);
    }
}

/* Group, then opcode, then member; EINVAL never has an effect. */
void admin_command_execute(VirtIOOwnerPCI *o, const AdminRequest *request,
                           AdminReply *reply)
{
    memset(reply, 0, sizeof(*reply));

    if (request->group_type != VIRTIO_ADMIN_GROUP_TYPE_SRIOV ||
        (o->strict_vf_enable && !owner_vf_enable(o))) {
        fail(reply, ADMIN_Q_INVALID_GROUP);
        return;
    }
    if (request->opcode >= 64 ||
        !(o->used_commands & supported_commands(o) &
          BIT_ULL(request->opcode))) {
        if (request->opcode < ADMIN_OPCODES) {
            admin_violation(o, "opcode 0x%x is not in the list of LIST_USE",
                            request->opcode);
        }
        fail(reply, ADMIN_Q_INVALID_OPCODE);
        return;
    }
    check_reserved(o, request);

    switch (request->opcode) {
    case VIRTIO_ADMIN_CMD_LIST_QUERY:
        list_query(o, reply);
        break;
    case VIRTIO_ADMIN_CMD_LIST_USE:
        list_use(o, request, reply);
        break;
    default:
        member_command(o, request, reply);
        break;
    }
}
