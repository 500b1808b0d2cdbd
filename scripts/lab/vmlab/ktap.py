# SPDX-License-Identifier: GPL-2.0-only
"""Reads a KUnit run from the console: the results of its cases, and of what a whole run must keep.

A whole run has the plan of each suite, modules that load and unload, and an end. A skipped case has failed.
"""
import re

from .results import check_console, console_problems

STAMP = re.compile(r"^\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])? ?")
RESULT = re.compile(r"^(not ok|ok) \d+ (?:- )?([^\s#]+)\s*(?:#\s*(.*))?$")
PLAN = re.compile(r"^1\.\.(\d+)$")
SUBTEST = re.compile(r"^# Subtest: (\S+)$")


class Suite:
    def __init__(self, name):
        self.name = name
        self.planned = None
        self.verdict = None
        self.cases = []     # name, why not, details


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
        self.open.cases.append((name, why, self.details))
        self.details = []


def suite_results(suites):
    """Name, why not, and details of each case, and of each suite that is not whole."""
    found = []
    for suite in suites:
        found += [(f"{suite.name}.{name}", why, details) for name, why, details in suite.cases]
        seen = len(suite.cases)
        if suite.planned != seen:
            found.append((f"{suite.name}.plan", f"{suite.planned} cases planned, {seen} seen", ()))
        elif suite.verdict != "ok" and not any(why for _, why, _ in suite.cases):
            found.append((f"{suite.name}.suite", f"the suite as a whole: {suite.verdict}", ()))
    return found or [("suites", "no test case was run", ())]


def read(lines):
    """Results of a console log: name, why not, details."""
    lines = [STAMP.sub("", line.rstrip("\r\n")) for line in lines]
    parser = Parser()
    for line in lines:
        parser.feed(line)
    return suite_results(parser.suites)


def report_suites(results, lines):
    """The suites' cases, and that the kernel complained about nothing."""
    for name, why, details in read(lines):
        results.add(not why, name, why, details, stage="kunit")
    check_console(results, "kunit", lines)


# What the samples are for: each expects a result, or a report of the kernel.
SAMPLES = {
    "pass": ("sample.sample_good", ""),
    "failure": ("sample.sample_bad", "failed"),
    "skip": ("sample.sample_skipped", "skipped: no reason"),
    "parameter": ("sample.sample_parameter", "failed"),
}
REPORTS = {
    "kasan": r"BUG: KASAN: slab-use-after-free in sample_use_after_free",
    "lockdep": r"possible circular locking",
    "kmemleak": r"unreferenced object",
}


def report_samples(results, lines):
    """That a run can fail: the samples fail as they must, and the kernel's checkers see what they do."""
    seen = {name: why for name, why, _ in read(lines)}
    for name, (case, wanted) in SAMPLES.items():
        got = seen.get(case, "not run")
        results.add(got == wanted, f"kunit.{name}", f"{case}: {got or 'passed'}", lines[-40:], stage="selftest")
    text = "\n".join(problem.text for problem in console_problems(lines))
    for name, pattern in REPORTS.items():
        results.add(re.search(pattern, text), f"kunit.{name}", f"no report is like: {pattern}", lines[-40:], stage="selftest")


# By `reads` of a scenario in groups/*.toml.
READERS = {"suites": report_suites, "samples": report_samples}
