# SPDX-License-Identifier: GPL-2.0-only
"""Result lines, and the reading of console logs against the one list of excuses."""
import fnmatch
import re
import sys

from . import cache

sys.path.insert(0, str(cache.TREE / "scripts" / "lib"))

from console import problems  # noqa: E402


class Results:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def add(self, good, name, reason="", details=(), stage="lab"):
        if good:
            self.passed += 1
            print(f"ok {stage}.{name}", flush=True)
            return
        self.failed += 1
        for line in details:
            print(f"# {line}")
        print(f"not ok {stage}.{name} # {reason}", flush=True)


def excuses_for(name):
    """Patterns that do not count in this scenario; a line is "scenario | pattern | reason"."""
    patterns = []
    for line in (cache.LAB / "excuses").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            scenario, pattern, reason = (part.strip() for part in re.split(r"(?<!\\)\|", line, maxsplit=2))
            if reason and fnmatch.fnmatch(name, scenario):
                patterns.append((pattern, reason))
    return patterns


def console_problems(lines):
    """What a kernel complained about, nothing excused."""
    return problems(lines)


def check_console(results, name, lines):
    found = problems(lines, excuses_for(name))
    details = [line for problem in found[:3] for line in problem.text.splitlines()[:30]]
    reason = f"{len(found)} reports in the console log, the first: {found[0].title}" if found else ""
    results.add(not found, f"{name}.console", reason, details)
