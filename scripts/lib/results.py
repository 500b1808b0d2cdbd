#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Result lines of a test stage, and the list of the tree's files."""
import os
import re
import subprocess


class Results:
    """Prints `ok`/`not ok` lines; .failed counts the latter."""

    def __init__(self, stage):
        self.stage = stage
        self.failed = 0

    def line(self, name, complaints=()):
        """One result: good if there are no complaints."""
        complaints = list(complaints)
        for complaint in complaints:
            for part in str(complaint).splitlines():
                print(f"# {part}")
        if complaints:
            self.failed += 1
            first = str(complaints[0]).splitlines()[0]
            count = "" if len(complaints) == 1 else f" (and {len(complaints) - 1} more)"
            print(f"not ok {self.stage}.{name} # {first}{count}", flush=True)
        else:
            print(f"ok {self.stage}.{name}", flush=True)

    def status(self):
        return 1 if self.failed else 0


def tree_files(top):
    """Paths relative to top of all files that are, or could be, committed."""
    if os.path.exists(os.path.join(top, ".git")):
        out = subprocess.run(
            ["git", "-C", top, "ls-files", "-z", "-c", "-o", "--exclude-standard"],
            check=True, stdout=subprocess.PIPE).stdout
        paths = {p.decode() for p in out.split(b"\0") if p}
        return sorted(p for p in paths if os.path.isfile(os.path.join(top, p)))
    found = []
    for folder, _dirs, names in os.walk(top):
        found += [os.path.relpath(os.path.join(folder, n), top) for n in names]
    return sorted(found)


def read(top, path):
    with open(os.path.join(top, path), encoding="utf-8", errors="replace") as f:
        return f.read()


def first_line(top, path):
    with open(os.path.join(top, path), "rb") as f:
        return f.readline().decode("utf-8", "replace")


_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""", re.S)


def strip_comments(text, strings=False):
    """C or C++ without comments (and strings), every line where it was."""
    def blank(match):
        found = match.group(0)
        if found[0] in "\"'" and not strings:
            return found
        if found[0] in "\"'":
            return '""'
        return "\n" * found.count("\n") or " "
    return _CODE.sub(blank, text)
