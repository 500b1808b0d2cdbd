#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What nm and readelf say about an object, as Python data."""
import re
import subprocess
from typing import NamedTuple


class Symbol(NamedTuple):
    name: str
    kind: str       # nm's letter

    @property
    def undefined(self):
        return self.kind in ("U", "w", "v")


class Section(NamedTuple):
    name: str
    kind: str       # PROGBITS, GROUP, ...
    size: int
    flags: str


def _run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True).stdout


def symbols(path):
    found = []
    for line in _run("nm", "-P", path).splitlines():
        words = line.split()
        if len(words) >= 2:
            found.append(Symbol(words[0], words[1]))
    return found


_SECTION = re.compile(r"^\s*\[\s*\d+\]\s+(\S+)\s+([A-Z_0-9]+)\s+[0-9a-f]{16} [0-9a-f]+ "
                      r"([0-9a-f]+) [0-9a-f]+\s+([A-Za-z]*)\s+\d+\s+\d+\s+\d+$")


def sections(path):
    found = []
    for line in _run("readelf", "-SW", path).splitlines():
        match = _SECTION.match(line)
        if match:
            found.append(Section(match[1], match[2], int(match[3], 16), match[4]))
    return found


def demangle(name):
    return _run("c++filt", name).strip()
