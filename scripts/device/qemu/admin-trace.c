/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One line for each command and event, in the file that the "admin-trace"
 * property names; times are microseconds of the virtual clock.
 */
#include "qemu/osdep.h"
#include "owner.h"

bool admin_trace_open(VirtIOOwnerPCI *o, Error **errp)
{
    if (!o->trace_path) {
        return true;
    }
    o->trace = fopen(o->trace_path, "a");
    if (!o->trace) {
        error_setg_file_open(errp, errno, o->trace_path);
        return false;
    }
    setvbuf(o->trace, NULL, _IOLBF, 0);
    return true;
}

void admin_trace_close(VirtIOOwnerPCI *o)
{
    if (o->trace) {
        fclose(o->trace);
        o->trace = NULL;
    }
}

static void start_line(VirtIOOwnerPCI *o)
{
    fprintf(o->trace, "%" PRId64 " ",
            qemu_clock_get_us(QEMU_CLOCK_VIRTUAL));
}

static void put_bytes(FILE *f, const char *name, const uint8_t *data,
                      size_t len)
{
    size_t i;

    fprintf(f, " %s=", name);
    for (i = 0; i < len; i++) {
        fprintf(f, "%02x", data[i]);
    }
}

void admin_trace_command(VirtIOOwnerPCI *o, const AdminRequest *request,
                         const AdminReply *reply, unsigned used,
                         const char *fault)
{
    const uint8_t *data;
    size_t len;

    if (!o->trace) {
        return;
    }
    start_line(o);
    fprintf(o->trace, "command opcode=0x%x group=%u member=%" PRIu64
            " offset=%u room=%zu", request->opcode, request->group_type,
            request->member_id, admin_request_offset(request),
            request->result_room);
    data = admin_request_data(request, &len);
    put_bytes(o->trace, "data", data, MIN(len, 8));
    fprintf(o->trace, " status=%u qualifier=%u", reply->status,
            reply->qualifier);
    put_bytes(o->trace, "result", reply->result, reply->result_len);
    fprintf(o->trace, " used=%u%s%s\n", used, fault ? " fault=" : "",
            fault ?: "");
}

void admin_trace_event(VirtIOOwnerPCI *o, const char *fmt, ...)
{
    va_list args;

    if (!o->trace) {
        return;
    }
    start_line(o);
    va_start(args, fmt);
    vfprintf(o->trace, fmt, args);
    va_end(args);
    fputc('\n', o->trace);
}
