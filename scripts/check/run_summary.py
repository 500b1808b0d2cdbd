# SPDX-License-Identifier: GPL-2.0-only
"""What a reader of scripts/check/run wants to know at its end, from the journal: repeated scenarios, the slowest parts,
and the time of each stage beside that of the last complete run.
"""
import collections
import json
import os
import re
import time

SLOWEST = 10
CAUSES = {"limit": "a limit was exceeded", "emulator": "an emulator fault", "boot": "the host VM did not boot"}


def of_kind(entries, kind):
    return [entry for entry in entries if entry["kind"] == kind]


def is_fresh(entries):
    """True if a cache entry was built: such a run is compared with its like only."""
    return bool(of_kind(entries, "build"))


def stages(entries):
    """Seconds by stage: the sum over the commands, which may have run at the same time."""
    found = collections.defaultdict(float)
    for entry in of_kind(entries, "command"):
        found[entry["stage"]] += entry["seconds"]
    return dict(found)


# --- repeated scenarios ------------------------------------------------------
def heading(entry):
    """Its kind: emulator faults are told apart by their text, in which numbers do not count."""
    cause = CAUSES.get(entry["cause"], entry["cause"])
    return f"{cause}: {re.sub('[0-9]+', 'N', entry['why'])}" if entry["cause"] == "emulator" else cause


def again_lines(entries):
    groups = collections.defaultdict(list)
    for entry in of_kind(entries, "again"):
        groups[heading(entry)].append(f"{entry['name']}: {entry['why']}")
    count = sum(map(len, groups.values()))
    if not count:
        return ["repeated scenarios: none"] if of_kind(entries, "scenario") else []
    lines = [f"repeated scenarios: {count}"]
    for head, members in sorted(groups.items(), key=lambda group: -len(group[1])):
        lines += [f"  {len(members)} x {head}", *(f"    {member}" for member in members)]
    return lines


# --- the slowest parts -------------------------------------------------------
def slowest_lines(entries):
    parts = [entry for entry in entries if "seconds" in entry]
    parts.sort(key=lambda entry: -entry["seconds"])
    lines = [f"{entry['seconds']:8.1f} s  {entry['kind']:8}  {entry['name']}" for entry in parts[:SLOWEST]]
    return ["slowest parts:", *lines] if lines else []


# --- time by stage, beside the last run's ------------------------------------
def row(name, seconds, last):
    if last is None:
        return f"  {name:18} {seconds:10.0f}"
    return f"  {name:18} {seconds:10.0f} {last:10.0f} {seconds - last:+12.0f}"


def time_lines(entries, wall, last, complete):
    """@last: the remembered times to compare with, {} for none."""
    kind = "cache entries were built" if is_fresh(entries) else "nothing was built for the cache"
    head = f"  {'seconds':18} {'this run':>10}"
    old = last.get("stages", {})
    rows = [row(name, seconds, old.get(name)) for name, seconds in stages(entries).items()]
    rows.append(row("start to end", wall, last.get("wall") if complete else None))
    if last:
        head += f" {'last run':>10} {'difference':>12}"
    lines = [f"time by stage ({kind}):", head, *rows]
    return lines + [f"  last run: {last['when']}"] if last else lines


def summary(entries, broken, wall, last, complete):
    """Lines that are no results."""
    parts = [again_lines(entries), slowest_lines(entries), time_lines(entries, wall, last, complete)]
    if broken:
        parts.append([f"broken lines in the journal: {broken}"])
    return [line for part in parts if part for line in ["", *part]] + [""]


# --- the times of the last complete run --------------------------------------
def remembered(path):
    """All of the file: runs by kind. A file that is not ours is as good as none."""
    try:
        with open(path, encoding="utf-8") as file:
            runs = json.load(file)
        return {kind: run for kind, run in runs.items() if is_run(run)}
    except (OSError, ValueError, AttributeError):
        return {}


def is_run(run):
    return isinstance(run, dict) and isinstance(run.get("when"), str) and isinstance(run.get("wall"), (int, float)) and \
        isinstance(run.get("stages"), dict) and all(isinstance(value, (int, float)) for value in run["stages"].values())


def kind_of(entries):
    return "fresh" if is_fresh(entries) else "cached"


def remember(path, entries, wall):
    runs = remembered(path)
    runs[kind_of(entries)] = {"when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "wall": round(wall, 1),
                              "stages": {name: round(seconds, 1) for name, seconds in stages(entries).items()}}
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(runs, file, indent=1)
        os.replace(temporary, path)
    except OSError:
        pass
