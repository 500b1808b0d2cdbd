#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Find what a kernel complained about in a console log.

problems(lines, excuses=()) -> list of Problem

  lines    the console's lines, with or without time stamps and line ends
  excuses  pairs (pattern, reason). A report is excused if the pattern (a
           regular expression) is found in its own text, its stack trace
           included, so a pattern can name the function that is to blame.

A report is a whole block: a warning with its stack trace counts once, under
its first line. Problem has .number (of its first line, from 1), .title (the
line that says what it is) and .text (all its lines).

As a program: console.py LOG... prints the problems found, and fails if any.
"""
import re
import sys
from typing import NamedTuple


class Problem(NamedTuple):
    number: int
    title: str
    text: str


# Each opens a report. Kernel messages of a healthy boot must match none.
_HEADERS = [
    r"-+\[ cut here \]-+",
    # Not the processor's mitigations, which point to a page at boot.
    r"\bWARNING: (?!See https)",
    r"\bBUG: ",
    r"kernel BUG at",
    r"\bBUG [\w-]+ \(",
    r"\bOops\b",
    r"Kernel panic",
    r"general protection fault",
    r"double fault",
    r"nable to handle (kernel|page)",
    r"KASAN: ",
    r"UBSAN: ",
    r"KFENCE: ",
    r"ODEBUG: ",
    r"DMA-API: (?!preallocated|debugging enabled|dma_debug_entry pool grown)",
    r"kmemleak: .*(suspected|leaks|disabled)",
    r"unreferenced object 0x",
    r"INFO: task .* blocked for more",
    r"INFO: (possible|inconsistent|suspicious|lockdep|trying to register)",
    r"turning off the locking correctness validator",
    r"MAX_(LOCKDEP\w*|STACK_TRACE_ENTRIES|LOCK_DEPTH) too low",
    r"rcu: INFO: .*stall",
    r"soft lockup|hard LOCKUP",
    r"refcount_t: ",
    r"list_(add|del) corruption",
    r"scheduling while atomic",
    r"nobody cared",
    r"page allocation failure",
    r"Out of memory: ",
    r"invoked oom-killer",
    r"DMAR: \[|DMAR: DRHD: handling fault|DMAR: .*(blocked|fault addr)",
    r"AMD-Vi: Event logged",
    r"Unknown symbol ",
    r"disagrees about version of symbol",
    r"unregister_netdevice: waiting",
    r"segfault at ",
    r"trap (invalid opcode|divide error)",
    r"detected buffer overflow",
    # Only reached when the line that opens the report was lost.
    r"Call Trace:",
    r"Modules linked in:",
]
_HEADER = re.compile("|".join(f"(?:{h})" for h in _HEADERS))
_DETAIL = re.compile(r"Call Trace:|Modules linked in:")
_END = re.compile(r"---\[ end (trace|Kernel panic)|^\s*={40,}\s*$|^\s*</TASK>")
_CUT_END = re.compile(r"---\[ end (trace|Kernel panic)")
_CUT = re.compile(r"\[ cut here \]")
_STAMP = re.compile(r"^(?:<\d+>)?\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])? ?")
_LONGEST = 120


def plain(line):
    return _STAMP.sub("", line.rstrip("\r\n"))


def _block_end(lines, start):
    """Index behind the report that starts at lines[start]."""
    cut = bool(_CUT.search(lines[start]))
    last = min(len(lines), start + _LONGEST)
    for i in range(start + 1, last):
        if _CUT.search(lines[i]):
            return i
        if (_CUT_END if cut else _END).search(lines[i]):
            return i + 1
        # What a cut-here block says inside is its own.
        if not cut and _HEADER.search(lines[i]) and not _DETAIL.search(lines[i]):
            return i
    return last


def _one_liner(line):
    """Reports that have no block: what follows them is other output."""
    return re.search(r"kmemleak: |DMAR: |Unknown symbol|disagrees about|segfault at", line)


def _title(block):
    for line in block:
        if _HEADER.search(line) and not _CUT.search(line):
            return line.strip()
    return block[0].strip()


def problems(lines, excuses=()):
    lines = [plain(line) for line in lines]
    patterns = [re.compile(pattern) for pattern, _reason in excuses]
    found = []
    i = 0
    while i < len(lines):
        if not _HEADER.search(lines[i]):
            i += 1
            continue
        end = i + 1 if _one_liner(lines[i]) else _block_end(lines, i)
        text = "\n".join(lines[i:end])
        if not any(p.search(text) for p in patterns):
            found.append(Problem(i + 1, _title(lines[i:end]), text))
        i = end
    return found


def main(paths):
    if not paths:
        sys.exit(__doc__.strip())
    count = 0
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as log:
            for p in problems(log.readlines()):
                print(f"{path}:{p.number}: {p.title}")
                count += 1
    sys.exit(1 if count else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
