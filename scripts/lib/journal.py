# SPDX-License-Identifier: GPL-2.0-only
"""The journal of a run: JSON lines that its processes append to the file named by VLV_JOURNAL.

kind       other keys
command    stage, name, seconds        a command of scripts/check/run
scenario   name, seconds, good         a scenario of the lab
again      name, cause, why            a repeated scenario; cause: limit, emulator or boot
boot       name, seconds, pace         a host VM of a group; pace: how many times the reference machine's time
build      name, seconds               a cache entry that was missing

If VLV_JOURNAL is not set, nothing is written. scripts/lib/journal.sh is the same for bash.
"""
import json
import os

TEXT = ("stage", "name", "cause", "why")
KEYS = {"command": ("stage", "name", "seconds"), "scenario": ("name", "seconds", "good"),
        "again": ("name", "cause", "why"), "boot": ("name", "seconds", "pace"),
        "build": ("name", "seconds")}


def write(kind, **values):
    """Appends a line with a single write(). A journal that cannot be written fails no test."""
    path = os.environ.get("VLV_JOURNAL")
    if not path:
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, json.dumps({"kind": kind, **values}).encode() + b"\n")
        finally:
            os.close(descriptor)
    except OSError:
        pass


def is_complete(entry):
    """True if @entry has every key of its kind, each of the right type."""
    if not isinstance(entry, dict) or not isinstance(entry.get("kind"), str) or entry["kind"] not in KEYS:
        return False
    for key in KEYS[entry["kind"]]:
        value = entry.get(key)
        if not isinstance(value, str if key in TEXT else (int, float)):
            return False
        if key == "seconds" and not 0 <= value < 1e9:
            return False
    return True


def parsed(line):
    try:
        return json.loads(line)
    except ValueError:
        return None


def read(path):
    """Entries of the journal, in order, and the number of lines that are none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            found = [parsed(line) for line in file]
    except OSError:
        return [], 0
    entries = [entry for entry in found if is_complete(entry)]
    return entries, len(found) - len(entries)
