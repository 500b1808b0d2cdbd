/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pause of the software behind the device, as at a restart or a live update
 * ("pause"):
 *
 *   none | late|lost[,MS][,frozen|deaf][,data][,members][,owner]
 *
 * The device completes no administration command during a pause. It ends
 * after that time, or when the property is set to none.
 *
 *   late     all commands complete at the end
 *   lost     commands that arrived before the end never complete
 *   frozen   the owner's common configuration reads as at the beginning and
 *            ignores writes; a reset takes effect at the end
 *   deaf     as frozen, but a reset is ignored, too
 *   data     the members' queues pause, too
 *   members  with lost: the members' virtio state is lost at the end
 *   owner    with lost: the owner's virtio state is lost at the end
 */
#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/cutils.h"
#include "owner.h"

static const char *const option_names[PAUSE_OPTIONS] = {
    [PAUSE_LOST] = "lost",
    [PAUSE_LATE] = "late",
    [PAUSE_FROZEN] = "frozen",
    [PAUSE_DEAF] = "deaf",
    [PAUSE_DATA] = "data",
    [PAUSE_MEMBERS] = "members",
    [PAUSE_OWNER] = "owner",
};

static bool has(const VirtIOOwnerPCI *o, enum PauseOption option)
{
    return o->pause.options & BIT(option);
}

bool controller_is_paused(const VirtIOOwnerPCI *o)
{
    return o->pause.options;
}

bool controller_is_frozen(const VirtIOOwnerPCI *o)
{
    return has(o, PAUSE_FROZEN) || has(o, PAUSE_DEAF);
}

/* Ignored, but for a reset; a driver has to see it end first. */
void controller_frozen_write(VirtIOOwnerPCI *o, hwaddr addr, uint32_t value)
{
    bool status = addr == VIRTIO_PCI_COMMON_STATUS;

    admin_trace_event(o, "frozen register=0x%" HWADDR_PRIx " value=0x%x",
                      addr, value);
    if (status && !value) {
        o->pause.reset_pending = !has(o, PAUSE_DEAF);
    } else if (o->pause.reset_pending &&
               !(status && value == VIRTIO_CONFIG_S_FAILED)) {
        admin_violation(o, "register 0x%" HWADDR_PRIx
                        " written before the reset ended", addr);
    }
}

static void each_member(VirtIOOwnerPCI *o, void (*act)(VirtIODevice *vdev))
{
    unsigned i;

    for (i = 0; owner_nth_member(o, i); i++) {
        act(owner_nth_member(o, i)->vdev);
    }
}

/* Doorbells had no effect during the pause. */
static void ring_all_queues(VirtIODevice *vdev)
{
    int i;

    if (!(vdev->status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        return;
    }
    for (i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        if (virtio_queue_get_num(vdev, i)) {
            virtio_queue_notify(vdev, i);
        }
    }
}

static void lose_state(VirtIODevice *vdev)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(qdev_get_parent_bus(DEVICE(vdev))->parent);

    virtio_pci_legacy_write(proxy, VIRTIO_PCI_STATUS, 0);
}

/* What was under way before the pause comes before what the pause did. */
static void end(VirtIOOwnerPCI *o)
{
    ControllerPause pause = o->pause;

    timer_del(pause.timer);
    o->pause = (ControllerPause) { .timer = pause.timer };
    admin_trace_event(o, "pause ends");
    if (pause.options & BIT(PAUSE_LOST)) {
        admin_queue_lose(o);
    } else {
        admin_queue_resume(o);
    }
    if (pause.options & BIT(PAUSE_MEMBERS)) {
        each_member(o, lose_state);
    }
    if (pause.options & BIT(PAUSE_DATA)) {
        each_member(o, virtio_device_resume);
        each_member(o, ring_all_queues);
    }
    if (pause.reset_pending || (pause.options & BIT(PAUSE_OWNER))) {
        lose_state(o->vdev);
    }
    g_free(pause.text);
}

static void time_is_over(void *opaque)
{
    end(opaque);
}

static void begin(VirtIOOwnerPCI *o, const char *text, unsigned options,
                  int64_t ms)
{
    ControllerPause *pause = &o->pause;

    common_config_snapshot(o, pause->registers);
    pause->text = g_strdup(text);
    pause->options = options;
    if (!pause->timer) {
        pause->timer = timer_new_ms(QEMU_CLOCK_VIRTUAL, time_is_over, o);
    }
    if (ms >= 0) {
        timer_mod(pause->timer, qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) + ms);
    }
    if (options & BIT(PAUSE_DATA)) {
        each_member(o, virtio_device_pause);
    }
    o->stats.pauses++;
    admin_trace_event(o, "pause begins: %s", text);
}

static bool parse_word(const char *word, unsigned *options, int64_t *ms)
{
    unsigned number;
    int i;

    for (i = 0; i < PAUSE_OPTIONS; i++) {
        if (!strcmp(word, option_names[i])) {
            *options |= BIT(i);
            return true;
        }
    }
    if (*ms >= 0 || !g_ascii_isdigit(*word) ||
        qemu_strtoui(word, NULL, 0, &number)) {
        return false;
    }
    *ms = number;
    return true;
}

static bool parse(const char *text, unsigned *options, int64_t *ms)
{
    const unsigned state = BIT(PAUSE_MEMBERS) | BIT(PAUSE_OWNER);
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    unsigned i;

    *options = 0;
    *ms = -1;
    for (i = 0; words[i]; i++) {
        if (!parse_word(words[i], options, ms)) {
            return false;
        }
    }
    return !(*options & BIT(PAUSE_LATE)) != !(*options & BIT(PAUSE_LOST)) &&
           !((*options & state) && (*options & BIT(PAUSE_LATE)));
}

void controller_set_pause(VirtIOOwnerPCI *o, const char *text, Error **errp)
{
    unsigned options;
    int64_t ms;

    if (!strcmp(text, "none")) {
        if (controller_is_paused(o)) {
            end(o);
        }
    } else if (!parse(text, &options, &ms)) {
        error_setg(errp, "pause is none, or late|lost[,MS][,frozen|deaf]"
                   "[,data][,members][,owner], the last two with lost");
    } else if (!DEVICE(o)->realized || controller_is_paused(o)) {
        error_setg(errp, "a pause begins at run time, while there is none");
    } else {
        begin(o, text, options, ms);
    }
}

char *controller_get_pause(VirtIOOwnerPCI *o)
{
    return g_strdup(controller_is_paused(o) ? o->pause.text : "none");
}

/* The owner goes away: nothing completes. */
void controller_cleanup(VirtIOOwnerPCI *o)
{
    if (o->pause.options & BIT(PAUSE_DATA)) {
        each_member(o, virtio_device_resume);
    }
    timer_free(o->pause.timer);
    g_free(o->pause.text);
    o->pause = (ControllerPause) { };
}
