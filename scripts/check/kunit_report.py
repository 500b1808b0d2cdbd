#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Turn the console log of a KUnit run into result lines.

kunit_report.py CONSOLE [STAGE]

Prints one `ok`/`not ok` line a test case, and one for each thing that a whole
run must keep: the plan of each suite, modules that load and unload, a run that
reaches its end, a log without kernel complaints. A skipped case has failed.
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.dont_write_bytecode = True
import console  # noqa: E402

STAMP = re.compile(r"^\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])? ?")
RESULT = re.compile(r"^(not ok|ok) \d+ (?:- )?([^\s#]+)\s*(?:#\s*(.*))?$")
PLAN = re.compile(r"^1\.\.(\d+)$")
SUBTEST = re.compile(r"^# Subtest: (\S+)$")


class Suite:
    def __init__(self, name):
        self.name = name
        self.planned = None
        self.verdict = None
        self.cases = []     # (good, name, why, details)


class Parser:
    """KTAP: suites are indented by four columns, parameters by eight."""

    def __init__(self):
        self.suites = []
        self.open = None
        self.details = []

    def feed(self, line):
        text = line.lstrip(" ")
        depth = (len(line) - len(text)) // 4
        if depth == 1 and (m := SUBTEST.match(text)):
            self.open = Suite(m.group(1))
            self.suites.append(self.open)
            self.details = []
        elif self.open is None:
            return
        elif depth == 0 and (m := RESULT.match(text)):
            self.open.verdict = m.group(1)
            self.open = None
        elif depth == 1 and (m := PLAN.match(text)) and self.open.planned is None:
            self.open.planned = int(m.group(1))
        elif depth == 1 and (m := RESULT.match(text)):
            self.case(*m.groups())
        elif depth >= 1 and not text.startswith("KTAP version"):
            self.details.append(text)

    def case(self, verdict, name, directive):
        why = "" if verdict == "ok" else "failed"
        if directive and directive.upper().startswith("SKIP"):
            why = f"skipped: {directive[4:].strip()}"
        self.open.cases.append((not why, name, why, self.details))
        self.details = []


class Report:
    def __init__(self, stage):
        self.stage = stage

    def line(self, name, why="", details=()):
        if why:
            for detail in details:
                print(f"# {detail}")
            print(f"not ok {self.stage}.{name} # {why}")
        else:
            print(f"ok {self.stage}.{name}")


def report_suites(report, suites):
    for suite in suites:
        for _good, name, why, details in suite.cases:
            report.line(f"{suite.name}.{name}", why, details)
        seen = len(suite.cases)
        if suite.planned != seen:
            report.line(f"{suite.name}.plan", f"{suite.planned} cases planned, {seen} seen")
        elif suite.verdict != "ok" and all(good for good, *_ in suite.cases):
            report.line(f"{suite.name}.suite", f"the suite as a whole: {suite.verdict}")
    if not any(suite.cases for suite in suites):
        report.line("suites", "no test case was run")


def main(path, stage="kunit"):
    with open(path, encoding="utf-8", errors="replace") as log:
        lines = [STAMP.sub("", line.rstrip("\r\n")) for line in log]
    parser = Parser()
    for line in lines:
        parser.feed(line)
    report = Report(stage)
    report_suites(report, parser.suites)
    bad = [line for line in lines if line.startswith("kunit: cannot ")]
    report.line("modules", bad[0] if bad else "", bad)
    report.line("end", "" if "kunit: end" in lines else "the run broke off", lines[-30:])
    found = console.problems(lines)
    for problem in found:
        print("\n".join(f"# {line}" for line in problem.text.split("\n")))
    report.line("console", f"{len(found)} complaints, first: {found[0].title}" if found else "")


if __name__ == "__main__":
    main(*sys.argv[1:])
