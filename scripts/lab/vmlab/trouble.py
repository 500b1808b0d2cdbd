# SPDX-License-Identifier: GPL-2.0-only
"""Tells the emulator's own trouble from a failure: whether what a scenario met may be QEMU's fault alone."""
import re
import sys
from typing import NamedTuple

from . import cache
from .control import HostDied, HostStalled
from .modules import OURS
from .progress import LabError

sys.path.insert(0, str(cache.TREE / "scripts" / "lib"))

from console import plain, problems  # noqa: E402

# QEMU's TCG emulates SVM well enough for nested guests, but not perfectly. With every driver and with none, a processor
# of the host VM seldom takes no interrupt any more, the host VM or a guest resets out of the blue, or a guest takes a
# fault on the first instruction behind a system call, where interrupts are off. Three times a virtual processor's
# thread found the end of its own kernel stack overwritten, twice together with a triple fault of its guest; stacks have
# guard pages, so that an overflow would have looked otherwise. A scenario in which that happened, and no kernel reported
# anything else, is run again; the results say so. What of it is mended: Documentation/lab.md.
STANDSTILL = re.compile(r"rcu: INFO: .*stall|Call Trace|Modules linked in|NMI backtrace")
# Another processor than the one that is reported does not answer it. The host VM asks that one for its stack.
AWAITS_ANOTHER = re.compile(r".*soft lockup - .*\n(?:(?!RIP:).*\n)*RIP: 0010:(?:smp_call_function_(?:many_cond|single)|multi_cpu_stop)\+")
# It answers, and has interrupts off, though it is not about to enter or leave a guest.
SPINS = re.compile(r"NMI backtrace for cpu \d+\n(?:(?!RIP:).*\n)*RIP: 0010:(?!\w*svm_).*\n(?:(?!RSP:).*\n)*RSP: .* EFLAGS: [0-9a-f]{5}[014589cd][0-9a-f]{2}\b")
STACK_END = re.compile(r"corrupted stack end detected inside scheduler\n.*Comm: qemu-system-x86 ")
SYSCALL_FAULT = re.compile(r"^(guest \w+\|).*double fault[\s\S]*RIP: 0010:entry_SYSCALL_64\+0x0/", re.M)
# A function of ours, as what a processor was at or in a stack, other than one whose end was overwritten.
OUR_CODE = re.compile(r"\+0x[0-9a-f]+/0x[0-9a-f]+ \[(?:" + "|".join(OURS) + r")[ \]]")


def explained(lines):
    """Whether a kernel gave a reason for a failure that is none of the above."""
    reports = problems(lines)
    rest = [plain(line) for line in lines]
    for report in reports:
        if STACK_END.search(report.text):
            first, count = report.number - 1, len(report.text.split("\n"))
            rest[first:first + count] = [""] * count
    if any(OUR_CODE.search(line) for line in rest) or SPINS.search("\n".join(rest)):
        return True
    faulted = tuple(found.group(1) for report in reports if (found := SYSCALL_FAULT.search(report.text)))
    for report in reports:
        if STACK_END.search(report.text) or AWAITS_ANOTHER.match(report.text):
            continue
        if not STANDSTILL.search(report.title) and not report.title.startswith(faulted or ("\0",)):
            return True
    return False


class Suspicion(NamedTuple):
    """Why a run may have failed through the emulator's fault."""
    cause: str      # "emulator"; "limit" if a guest stood still for a wait's limit
    text: str


def of_the_emulator(problem, lost_guests, lines):
    """A Suspicion, or None. lost_guests are texts that begin with "gone" or "limit"."""
    if explained(lines):
        return None
    if isinstance(problem, (HostStalled, HostDied)):
        return Suspicion("emulator", str(problem))
    if not lost_guests:
        return None
    cause = "limit" if any(lost.startswith("limit ") for lost in lost_guests) else "emulator"
    return Suspicion(cause, "; ".join(dict.fromkeys(lost.partition(" ")[2] for lost in lost_guests)))


def state(machine):
    """What QEMU says of the processors, for whoever wants to know why."""
    text = []
    lapics = [f"info lapic {number}" for number in range(min(machine.group.cpus, 8))]
    for query in ("info cpus", *lapics, "info registers -a", "info pic"):
        try:
            text.append(f"== {query}\n{machine.qmp.human(query)}")
        except (LabError, OSError) as error:
            text.append(f"== {query}: {error}")
    return "\n".join(text)


def brief(text):
    """The lines of it that tell a processor that waits from one that is lost."""
    return re.findall(r"^(?:== info lapic.*|I[RS]R\t.*|CPU#\d+|RIP=.*|CR0=.*)", text.replace("\r", ""), re.M)
