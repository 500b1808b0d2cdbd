# SPDX-License-Identifier: GPL-2.0-only
"""How long the lab waits. Every limit of a host VM's run is here, by the kind of the wait; scenarios name kinds.

A wait with a counter (bytes of a transfer, boot stages of a guest, steps of a scenario) fails when the counter stands
still for its kind's limit. A wait without a counter is a clock. Both kinds of limit are those of the reference machine,
times the pace: how much longer the host VM took to boot than on the reference machine, load included.

What the drivers promise is no matter of the machine: such a limit stays, and a slow machine adds its slack. Promises in
milliseconds (a guest's access within command_timeout_ms) are numbers of the scenarios.
"""
import math
from typing import NamedTuple

# The reference machine is idle and has two processors (AMD EPYC 7003, 2.4 GHz). Seconds from QEMU's start to "ready" of
# the host VM's agent, by the host VM's kernel.
REFERENCE = {"debian": 8, "debian-6.1": 8, "debian13-6.12": 8, "debian13-6.12-rt": 8, "debian13-7": 8, "test": 16}
# A host VM that counts instructions has one thread of QEMU for all virtual processors: seconds for each of them.
REFERENCE_ICOUNT = 25
# A machine that is slower than this is not waited for.
MAX_PACE = 10
# What slows down all that runs in a host VM, guests included: the test kernel's checkers; counting instructions, where
# one takes a nanosecond.
CHECKERS = 3
CHECKED_KERNELS = ("test",)
COUNTING = 15


# Milliseconds that a promise of the drivers takes longer to be seen on the reference machine, and for each unit of the
# pace above 1.
SLACK_MS = 1500


class Kind(NamedTuple):
    seconds: int    # on the reference machine, with one of Debian's kernels
    counter: str    # what restarts the clock; empty if nothing does
    what: str


class Promise(NamedTuple):
    seconds: int    # by the drivers
    slack: float    # seconds for each unit of the pace above 1
    what: str


KINDS = {
    # Waits of the runner
    "silence": Kind(40, "the host VM's heartbeat", "the host VM gives no sign of life"),
    "step": Kind(240, "steps of the scenario; bytes of a transfer; records", "a step of a scenario"),
    "long_step": Kind(900, "as of a step", "a step of a scenario that measures many VFs or compares two devices"),
    "suites": Kind(150, "", "all suites of KUnit in the test kernel"),
    "scenario": Kind(1800, "", "a whole scenario"),
    # Waits of scenarios
    "boot": Kind(60, "boot stages that the guest's init reports", "a guest boots, or reboots"),
    "firmware": Kind(120, "boot stages", "a guest boots by way of firmware"),
    "command": Kind(40, "", "a guest's answer to a command that moves no data over a network"),
    "transfer": Kind(20, "bytes of this transfer, as the server outside counts them", "data over a network"),
    "event": Kind(10, "", "the kernel binds a driver, a link comes up, an attribute changes"),
    "release": Kind(30, "", "a guest, or a process, lets go of a device"),
    "end": Kind(30, "", "a QEMU that was asked to end, or killed, is gone"),
    "daemon": Kind(60, "", "a daemon, or a program in a guest, starts"),
    "tool": Kind(300, "", "a client without a guest makes all its accesses"),
}

PROMISES = {
    "refusal": Promise(3, 2, "a write to sysfs that must be refused at once"),
    "reset": Promise(15, 2, "reset or unbinding of a function ends; accesses work again"),
    # Its accesses are few, and the guest itself is as slow as the machine.
    "access": Promise(30, 30, "a guest's accesses end, whatever the device does"),
}


def reference(group):
    """Seconds that the group's host VM takes to boot on the reference machine."""
    return REFERENCE_ICOUNT * group.cpus if group.instruction_ns else REFERENCE[group.kernel]


def share(group):
    """By how much the limits of such a host VM are longer, on any machine."""
    checkers = CHECKERS if group.kernel in CHECKED_KERNELS else 1
    return checkers * (math.ceil(COUNTING / group.instruction_ns) if group.instruction_ns else 1)


class Pace:
    """How slow this machine is for a group: 1 on the reference machine or a faster one, at most MAX_PACE."""

    def __init__(self, group):
        self.reference = reference(group)
        self.share = share(group)
        self.factor = 1.0

    def note_boot(self, seconds):
        """Takes the time of a boot; the slowest of several counts."""
        self.factor = min(max(self.factor, seconds / self.reference), MAX_PACE)

    def boot_limit(self):
        """Seconds that a boot of the host VM may take."""
        return self.reference * MAX_PACE

    def limit(self, kind):
        """Seconds that a wait of this kind may last here."""
        if kind in PROMISES:
            return math.ceil(PROMISES[kind].seconds + PROMISES[kind].slack * (self.factor - 1))
        return math.ceil(KINDS[kind].seconds * self.share * self.factor)

    def settings(self):
        """Shell variables of a scenario: WAIT_KIND and SLACK_MS, for lib/wait.sh."""
        return {**{f"WAIT_{kind}": self.limit(kind) for kind in (*KINDS, *PROMISES)}, "SLACK_MS": round(SLACK_MS * self.factor)}
