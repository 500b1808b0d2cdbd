/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of an owner and its members, as one JSON text ("admin-stats").
 */
#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "qobject/qlist.h"
#include "qobject/qstring.h"
#include "owner.h"

/* A driver that repeats itself must not fill the memory. */
#define VIOLATIONS_MAX 64

static const char *const qualifier_names[ADMIN_QUALIFIERS] = {
    [ADMIN_Q_OK] = "none",
    [ADMIN_Q_INVALID_COMMAND] = "command",
    [ADMIN_Q_INVALID_OPCODE] = "opcode",
    [ADMIN_Q_INVALID_FIELD] = "field",
    [ADMIN_Q_INVALID_GROUP] = "group",
    [ADMIN_Q_INVALID_MEMBER] = "member",
    [ADMIN_Q_NORESOURCE] = "no-resource",
    [ADMIN_Q_TRYAGAIN] = "try-again",
};

static const char *const doorbell_names[DOORBELL_WAYS] = {
    [DOORBELL_OWNER] = "owner",
    [DOORBELL_MEMBER] = "member",
    [DOORBELL_COMMAND] = "command",
};

void admin_stats_init(VirtIOOwnerPCI *o)
{
    o->stats.violations = g_ptr_array_new_with_free_func(g_free);
}

void admin_stats_cleanup(VirtIOOwnerPCI *o)
{
    g_clear_pointer(&o->stats.violations, g_ptr_array_unref);
}

void admin_stats_reset(VirtIOOwnerPCI *o)
{
    GPtrArray *violations = o->stats.violations;
    VirtIOMemberPCI *m;
    unsigned i;

    g_ptr_array_set_size(violations, 0);
    o->stats = (AdminStats) { .violations = violations };
    for (i = 0; (m = owner_nth_member(o, i)); i++) {
        memset(&m->stats, 0, sizeof(MemberStats));
        if (m->type->member_stats_reset) {
            m->type->member_stats_reset(m->vdev);
        }
    }
}

/* Members are counted by the id in the command, whatever becomes of it. */
static VirtIOMemberPCI *counted_member(VirtIOOwnerPCI *o,
                                       const AdminRequest *request)
{
    if (request->opcode <= VIRTIO_ADMIN_CMD_LIST_USE || !request->member_id ||
        request->member_id > o->members) {
        return NULL;
    }
    return owner_nth_member(o, request->member_id - 1);
}

void admin_stats_arrived(VirtIOOwnerPCI *o, const AdminRequest *request)
{
    VirtIOMemberPCI *m = counted_member(o, request);
    AdminStats *stats = &o->stats;

    stats->max_outstanding = MAX(stats->max_outstanding,
                                 o->queue.outstanding);
    if (m) {
        m->stats.waits += !m->outstanding;
        m->outstanding++;
        m->stats.max_outstanding = MAX(m->stats.max_outstanding,
                                       m->outstanding);
    }
}

void admin_stats_left(VirtIOOwnerPCI *o, const AdminRequest *request,
                      int64_t overdue_ns)
{
    VirtIOMemberPCI *m = counted_member(o, request);
    AdminStats *stats = &o->stats;

    stats->overdue_ns += overdue_ns;
    stats->max_overdue_ns = MAX(stats->max_overdue_ns, (uint64_t)overdue_ns);
    if (m) {
        m->outstanding--;
    }
}

/* All that was outstanding, by a reset. */
void admin_stats_taken_back(VirtIOOwnerPCI *o)
{
    unsigned i;

    for (i = 0; owner_nth_member(o, i); i++) {
        owner_nth_member(o, i)->outstanding = 0;
    }
}

void admin_stats_count(VirtIOOwnerPCI *o, const AdminRequest *request,
                       const AdminReply *reply)
{
    VirtIOMemberPCI *m = counted_member(o, request);

    if (request->opcode < ADMIN_OPCODES) {
        o->stats.opcodes[request->opcode]++;
        if (m) {
            m->stats.opcodes[request->opcode]++;
        }
    } else {
        o->stats.other_opcodes++;
    }
    if (!reply->status) {
        return;
    }
    if (reply->qualifier < ADMIN_QUALIFIERS) {
        o->stats.errors[reply->qualifier]++;
    } else {
        o->stats.other_errors++;
    }
    if (m) {
        m->stats.failed++;
    }
}

void admin_violation(VirtIOOwnerPCI *o, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, fmt);
    text = g_strdup_vprintf(fmt, args);
    va_end(args);

    admin_trace_event(o, "violation: %s", text);
    if (o->stats.violations->len < VIOLATIONS_MAX) {
        g_ptr_array_add(o->stats.violations, g_steal_pointer(&text));
    }
}

/* Only what happened: a text of zeros for 255 members would hide the rest. */
static void put_count(QDict *dict, const char *name, uint64_t count)
{
    if (count) {
        qdict_put_int(dict, name, count);
    }
}

static QDict *opcodes_dict(const uint64_t *opcodes, uint64_t other)
{
    QDict *dict = qdict_new();
    unsigned i;

    for (i = 0; i < ADMIN_OPCODES; i++) {
        g_autofree char *name = g_strdup_printf("0x%x", i);

        put_count(dict, name, opcodes[i]);
    }
    put_count(dict, "other", other);
    return dict;
}

/* Used indices of the queues: 16 bits, and 0 after a reset. */
static QDict *used_dict(VirtIODevice *vdev)
{
    QDict *dict = qdict_new();
    int i;

    for (i = 0; i < VIRTIO_QUEUE_MAX && virtio_queue_get_num(vdev, i); i++) {
        g_autofree char *name = g_strdup_printf("%d", i);

        put_count(dict, name, virtio_queue_used_index(vdev, i));
    }
    return dict;
}

static QDict *messages_dict(const uint64_t *messages)
{
    QDict *dict = qdict_new();
    unsigned i;

    for (i = 0; i < MESSAGE_VECTORS; i++) {
        g_autofree char *name = g_strdup_printf("%u", i);

        put_count(dict, name, messages[i]);
    }
    return dict;
}

static QDict *member_dict(VirtIOMemberPCI *m)
{
    const MemberStats *stats = &m->stats;
    QDict *dict = qdict_new();
    QDict *doorbells = qdict_new();
    int i;

    for (i = 0; i < DOORBELL_WAYS; i++) {
        qdict_put_int(doorbells, doorbell_names[i], stats->doorbells[i]);
    }
    qdict_put(dict, "opcodes", opcodes_dict(stats->opcodes, 0));
    qdict_put(dict, "doorbells", doorbells);
    qdict_put(dict, "used", used_dict(m->vdev));
    qdict_put(dict, "messages", messages_dict(stats->messages));
    qdict_put_int(dict, "blocked-messages", stats->blocked_messages);
    qdict_put_int(dict, "early-doorbells", stats->early_doorbells);
    qdict_put_int(dict, "status0", stats->status0);
    qdict_put_int(dict, "failed", stats->failed);
    qdict_put_int(dict, "function-resets", stats->function_resets);
    qdict_put_int(dict, "waits", stats->waits);
    qdict_put_int(dict, "max-outstanding", stats->max_outstanding);
    if (m->type->member_stats) {
        m->type->member_stats(m->vdev, dict);
    }
    return dict;
}

static QDict *members_dict(VirtIOOwnerPCI *o)
{
    QDict *dict = qdict_new();
    unsigned i;

    for (i = 0; owner_nth_member(o, i); i++) {
        g_autofree char *name = g_strdup_printf("%u", i + 1);

        qdict_put(dict, name, member_dict(owner_nth_member(o, i)));
    }
    return dict;
}

static QDict *names_dict(const char *const *names, const uint64_t *counts,
                         unsigned n)
{
    QDict *dict = qdict_new();
    unsigned i;

    for (i = 0; i < n; i++) {
        put_count(dict, names[i], counts[i]);
    }
    return dict;
}

static QList *violations_list(VirtIOOwnerPCI *o)
{
    QList *list = qlist_new();
    unsigned i;

    for (i = 0; i < o->stats.violations->len; i++) {
        qlist_append_str(list, g_ptr_array_index(o->stats.violations, i));
    }
    return list;
}

char *admin_stats_json(VirtIOOwnerPCI *o)
{
    g_autoptr(QDict) dict = qdict_new();
    QDict *errors = names_dict(qualifier_names, o->stats.errors,
                               ADMIN_QUALIFIERS);

    put_count(errors, "other", o->stats.other_errors);
    qdict_put(dict, "opcodes",
              opcodes_dict(o->stats.opcodes, o->stats.other_opcodes));
    qdict_put(dict, "members", members_dict(o));
    qdict_put(dict, "errors", errors);
    qdict_put(dict, "faults", names_dict(admin_fault_names, o->stats.faults,
                                         ADMIN_FAULT_KINDS));
    qdict_put_int(dict, "outstanding", o->queue.outstanding);
    qdict_put_int(dict, "max-outstanding", o->stats.max_outstanding);
    qdict_put_int(dict, "features", o->vdev->guest_features);
    qdict_put_int(dict, "notifications", o->stats.notifications);
    qdict_put_int(dict, "pauses", o->stats.pauses);
    qdict_put_int(dict, "overdue-ns", o->stats.overdue_ns);
    qdict_put_int(dict, "max-overdue-ns", o->stats.max_overdue_ns);
    qdict_put_int(dict, "num-vfs", owner_num_vfs(o));
    qdict_put(dict, "violations", violations_list(o));
    return g_string_free(qobject_to_json(QOBJECT(dict)), false);
}
