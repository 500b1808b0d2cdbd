/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Group administration commands: what the queue, the commands, the injected
 * faults and the statistics share.
 */
#ifndef HW_VIRTIO_ADMIN_H
#define HW_VIRTIO_ADMIN_H

#include "qemu/queue.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "standard-headers/linux/virtio_pci.h"
#include "hw/virtio/virtio.h"

typedef struct VirtIOOwnerPCI VirtIOOwnerPCI;

#define ADMIN_OPCODES (VIRTIO_ADMIN_CMD_LEGACY_NOTIFY_INFO + 1)
#define ADMIN_HEADER_SIZE sizeof(struct virtio_admin_cmd_hdr)
#define ADMIN_STATUS_SIZE sizeof(struct virtio_admin_cmd_status)
/* The longest result: NOTIFY_INFO with its four entries. */
#define ADMIN_RESULT_MAX sizeof(struct virtio_admin_cmd_notify_info_result)
/* More than any command needs; what a driver adds beyond it is ignored. */
#define ADMIN_REQUEST_MAX 512

enum AdminStatus {
    ADMIN_OK = 0,
    ADMIN_ENXIO = 6,
    ADMIN_EAGAIN = 11,
    ADMIN_ENOMEM = 12,
    ADMIN_EBUSY = 16,
    ADMIN_EINVAL = 22,
    ADMIN_ENOSPC = 28,
};

enum AdminQualifier {
    ADMIN_Q_OK,
    ADMIN_Q_INVALID_COMMAND,
    ADMIN_Q_INVALID_OPCODE,
    ADMIN_Q_INVALID_FIELD,
    ADMIN_Q_INVALID_GROUP,
    ADMIN_Q_INVALID_MEMBER,
    ADMIN_Q_NORESOURCE,
    ADMIN_Q_TRYAGAIN,
    ADMIN_QUALIFIERS,
};

typedef struct AdminRequest {
    uint16_t opcode;
    uint16_t group_type;
    uint64_t member_id;
    /* Of the device-readable part, and of what was copied into bytes[]. */
    size_t len;
    size_t copied;
    uint8_t bytes[ADMIN_REQUEST_MAX];
    /* Of command_specific_result as the driver provided it. */
    size_t result_room;
} AdminRequest;

typedef struct AdminReply {
    uint16_t status;
    uint16_t qualifier;
    size_t result_len;
    uint8_t result[ADMIN_RESULT_MAX];
} AdminReply;

/* virtqueue_pop() wants its element first. */
typedef struct AdminCommand {
    VirtQueueElement elem;
    QTAILQ_ENTRY(AdminCommand) next;
    AdminRequest request;
    int64_t due;
    /* By a fault; 0: never was. */
    int64_t stuck_until;
} AdminCommand;

typedef QTAILQ_HEAD(AdminCommandList, AdminCommand) AdminCommandList;

typedef struct AdminQueue {
    VirtQueue *vq;
    /* Of vq, and from the next device reset on. */
    uint16_t index;
    uint16_t next_index;
    /* The device polls the queue and asks for no notifications. */
    bool no_notify;
    QEMUTimer *poll_timer;
    /* A queue reset takes so long; it is under way. */
    uint32_t reset_ms;
    bool resetting;
    QEMUTimer *reset_timer;
    QEMUTimer *timer;
    /* In order of arrival; delayed by a fault; swallowed by a fault. */
    AdminCommandList waiting;
    AdminCommandList late;
    AdminCommandList lost;
    unsigned outstanding;
    int64_t last_due;
    uint32_t latency_us;
    bool serial;
    bool order_members;
} AdminQueue;

enum AdminFaultKind {
    ADMIN_FAULT_STATUS,
    ADMIN_FAULT_SHORT,
    ADMIN_FAULT_LONG,
    ADMIN_FAULT_GARBAGE,
    ADMIN_FAULT_LATE,
    ADMIN_FAULT_TWICE,
    ADMIN_FAULT_NEVER,
    ADMIN_FAULT_QUIET,
    ADMIN_FAULT_STUCK,
    ADMIN_FAULT_KINDS,
};

typedef struct AdminFault {
    enum AdminFaultKind kind;
    int64_t opcode;         /* -1: any */
    int64_t member;         /* -1: any */
    bool has_arg;
    uint32_t arg;
    int64_t count;          /* -1: for ever */
} AdminFault;

typedef struct AdminStats {
    uint64_t opcodes[ADMIN_OPCODES];
    uint64_t other_opcodes;
    uint64_t errors[ADMIN_QUALIFIERS];
    uint64_t other_errors;
    uint64_t faults[ADMIN_FAULT_KINDS];
    uint64_t max_outstanding;
    uint64_t pauses;
    uint64_t notifications;
    /* By how much answers came after their time: the simulation's own. */
    uint64_t overdue_ns;
    uint64_t max_overdue_ns;
    GPtrArray *violations;
} AdminStats;

/* admin-command.c */
void admin_command_decode(AdminRequest *request);
void admin_command_execute(VirtIOOwnerPCI *o, const AdminRequest *request,
                           AdminReply *reply);
void admin_command_reset(VirtIOOwnerPCI *o);
const uint8_t *admin_request_data(const AdminRequest *request, size_t *len);
uint8_t admin_request_offset(const AdminRequest *request);

/* admin-ring.c */
void admin_ring_init(VirtIOOwnerPCI *o, VirtIODevice *vdev, Error **errp);
void admin_ring_cleanup(VirtIOOwnerPCI *o);
void admin_ring_device_reset(VirtIOOwnerPCI *o);
void admin_ring_set_index(VirtIOOwnerPCI *o, uint16_t index, Error **errp);
void admin_ring_set_no_notify(VirtIOOwnerPCI *o, bool on);
void admin_ring_enabled(VirtIOOwnerPCI *o);
void admin_ring_begin_reset(VirtIOOwnerPCI *o);

/* admin-queue.c */
void admin_queue_init(VirtIOOwnerPCI *o);
void admin_queue_cleanup(VirtIOOwnerPCI *o);
void admin_queue_accept(VirtIOOwnerPCI *o, AdminCommand *cmd);
void admin_queue_reset(VirtIOOwnerPCI *o);
void admin_queue_run(VirtIOOwnerPCI *o);
void admin_queue_release(VirtIOOwnerPCI *o);
void admin_queue_resume(VirtIOOwnerPCI *o);
void admin_queue_lose(VirtIOOwnerPCI *o);

/* admin-order.c */
AdminCommand *admin_order_next(AdminQueue *q, int64_t now);
int64_t admin_order_due(AdminQueue *q);
void admin_order_postpone(AdminCommandList *list, int64_t until);
void admin_order_release(AdminQueue *q);

/* admin-fault.c */
bool admin_faults_parse(const char *text, GArray *faults, Error **errp);
char *admin_faults_format(GArray *faults);
bool admin_fault_take(VirtIOOwnerPCI *o, const AdminRequest *request,
                      AdminFault *fault);
extern const char *const admin_fault_names[ADMIN_FAULT_KINDS];

/* admin-reply.c */
unsigned admin_reply_write(AdminCommand *cmd, const AdminFault *fault,
                           AdminReply *reply);
void admin_reply_force(AdminReply *reply, uint16_t status);

/* admin-stats.c */
void admin_stats_init(VirtIOOwnerPCI *o);
void admin_stats_reset(VirtIOOwnerPCI *o);
void admin_stats_cleanup(VirtIOOwnerPCI *o);
char *admin_stats_json(VirtIOOwnerPCI *o);
void admin_stats_count(VirtIOOwnerPCI *o, const AdminRequest *request,
                       const AdminReply *reply);
void admin_stats_arrived(VirtIOOwnerPCI *o, const AdminRequest *request);
void admin_stats_left(VirtIOOwnerPCI *o, const AdminRequest *request,
                      int64_t overdue_ns);
void admin_stats_taken_back(VirtIOOwnerPCI *o);
void admin_violation(VirtIOOwnerPCI *o, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* admin-trace.c */
bool admin_trace_open(VirtIOOwnerPCI *o, Error **errp);
void admin_trace_close(VirtIOOwnerPCI *o);
void admin_trace_command(VirtIOOwnerPCI *o, const AdminRequest *request,
                         const AdminReply *reply, unsigned used,
                         const char *fault);
void admin_trace_event(VirtIOOwnerPCI *o, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

#endif
