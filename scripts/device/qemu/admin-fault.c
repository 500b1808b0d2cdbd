/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Misbehaviour on request, set at run time through the "fault" property:
 *
 *   OPCODE|any,MEMBER|any,KIND[,ARG][,count=N][;...]
 *
 *   status,RAW   not executed, answered with that status
 *   short[,N]    N used bytes only (8)
 *   long[,N]     N more used bytes than written (64)
 *   garbage[,1]  random bytes as result; with 1 as status too
 *   late,MS      executed and completed that much later, others overtake it
 *   twice        its used entry appears twice
 *   never        neither executed nor completed
 *   quiet        completed without an interrupt
 *   stuck[,MS]   neither executed nor completed for that long, or until the
 *                property is set; what has to go after it waits, see
 *                admin-order.c
 */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "owner.h"

const char *const admin_fault_names[ADMIN_FAULT_KINDS] = {
    [ADMIN_FAULT_STATUS] = "status",
    [ADMIN_FAULT_SHORT] = "short",
    [ADMIN_FAULT_LONG] = "long",
    [ADMIN_FAULT_GARBAGE] = "garbage",
    [ADMIN_FAULT_LATE] = "late",
    [ADMIN_FAULT_TWICE] = "twice",
    [ADMIN_FAULT_NEVER] = "never",
    [ADMIN_FAULT_QUIET] = "quiet",
    [ADMIN_FAULT_STUCK] = "stuck",
};

static bool parse_number(const char *text, int64_t *value)
{
    uint64_t number;

    if (!strcmp(text, "any")) {
        *value = -1;
        return true;
    }
    if (qemu_strtou64(text, NULL, 0, &number) || number > INT32_MAX) {
        return false;
    }
    *value = number;
    return true;
}

static bool parse_kind(const char *text, AdminFault *fault)
{
    int i;

    for (i = 0; i < ADMIN_FAULT_KINDS; i++) {
        if (!strcmp(text, admin_fault_names[i])) {
            fault->kind = i;
            return true;
        }
    }
    return false;
}

static bool parse_option(const char *text, AdminFault *fault)
{
    const char *count;
    unsigned number;

    if (strstart(text, "count=", &count)) {
        if (qemu_strtoui(count, NULL, 0, &number)) {
            return false;
        }
        fault->count = number;
        return true;
    }
    if (fault->has_arg || qemu_strtoui(text, NULL, 0, &fault->arg)) {
        return false;
    }
    fault->has_arg = true;
    return true;
}

static bool parse_one(const char *text, AdminFault *fault)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    unsigned i, n = g_strv_length(parts);

    *fault = (AdminFault) { .count = -1 };
    if (n < 3 || !parse_number(parts[0], &fault->opcode) ||
        !parse_number(parts[1], &fault->member) ||
        !parse_kind(parts[2], fault)) {
        return false;
    }
    for (i = 3; i < n; i++) {
        if (!parse_option(parts[i], fault)) {
            return false;
        }
    }
    return fault->has_arg || (fault->kind != ADMIN_FAULT_STATUS &&
                              fault->kind != ADMIN_FAULT_LATE);
}

/* Replaces all faults; an empty text removes them. */
bool admin_faults_parse(const char *text, GArray *faults, Error **errp)
{
    g_auto(GStrv) parts = g_strsplit(text, ";", -1);
    g_autoptr(GArray) parsed = g_array_new(false, false, sizeof(AdminFault));
    AdminFault fault;
    unsigned i;

    for (i = 0; parts[i]; i++) {
        if (!*parts[i]) {
            continue;
        }
        if (!parse_one(parts[i], &fault)) {
            error_setg(errp, "fault '%s' is not OPCODE|any,MEMBER|any,KIND"
                       "[,ARG][,count=N]", parts[i]);
            return false;
        }
        g_array_append_val(parsed, fault);
    }
    g_array_set_size(faults, 0);
    if (parsed->len) {
        g_array_append_vals(faults, parsed->data, parsed->len);
    }
    return true;
}

static void append_number(GString *text, int64_t number)
{
    if (number < 0) {
        g_string_append(text, "any,");
    } else {
        g_string_append_printf(text, "%" PRId64 ",", number);
    }
}

char *admin_faults_format(GArray *faults)
{
    GString *text = g_string_new(NULL);
    AdminFault *fault;
    unsigned i;

    for (i = 0; i < faults->len; i++) {
        fault = &g_array_index(faults, AdminFault, i);
        if (i) {
            g_string_append_c(text, ';');
        }
        append_number(text, fault->opcode);
        append_number(text, fault->member);
        g_string_append(text, admin_fault_names[fault->kind]);
        if (fault->has_arg) {
            g_string_append_printf(text, ",%u", fault->arg);
        }
        if (fault->count >= 0) {
            g_string_append_printf(text, ",count=%" PRId64, fault->count);
        }
    }
    return g_string_free(text, false);
}

static bool fits(const AdminFault *fault, const AdminRequest *request)
{
    return fault->count &&
           (fault->opcode < 0 || fault->opcode == request->opcode) &&
           (fault->member < 0 ||
            (uint64_t)fault->member == request->member_id);
}

/* The first fault that fits this command, counted down. */
bool admin_fault_take(VirtIOOwnerPCI *o, const AdminRequest *request,
                      AdminFault *fault)
{
    AdminFault *candidate;
    unsigned i;

    for (i = 0; i < o->faults->len; i++) {
        candidate = &g_array_index(o->faults, AdminFault, i);
        if (fits(candidate, request)) {
            candidate->count -= candidate->count > 0;
            o->stats.faults[candidate->kind]++;
            *fault = *candidate;
            return true;
        }
    }
    return false;
}
