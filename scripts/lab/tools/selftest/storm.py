# SPDX-License-Identifier: GPL-2.0-only
"""Checks of vfio-storm."""
import json
import tempfile

import harness
from harness import TRACES

# Accesses to BAR0 and switches of MSI-X.
LENGTHS = {"linux-net-bringup": 46, "linux-net-removal": 26, "linux-blk-bringup": 64, "linux-blk-removal": 14,
           "seabios-blk": 41, "seabios-request": 2, "ipxe-net": 24, "plain-bringup": 10}
BRINGUP = ["--trace", f"{TRACES}/linux-net-bringup.txt"]
REMOVAL = ["--undo", f"{TRACES}/linux-net-removal.txt"]


class Storm:
    """One run of the program: exit status, objects that it printed, and what it said on stderr."""

    def __init__(self, program, *arguments, text="", **fake):
        run = harness.run(program, *arguments, text=text, **fake)
        self.status, self.stderr = run.returncode, run.stderr
        self.lines = [json.loads(line) for line in run.stdout.splitlines()]

    def succeeded(self):
        assert self.status == 0 and not self.stderr, (self.status, self.stderr, self.lines)
        return self

    def failed(self, text, status=1):
        said = self.stderr if status == 2 else "; ".join(line.get("error", "") for line in self.lines)
        assert self.status == status and text in said, (self.status, self.stderr, self.lines)
        assert status == 2 or not self.stderr, self.stderr
        return self

    def of(self, mode):
        return [line for line in self.lines if line.get("mode") == mode]


def names(count, kind="good"):
    return [f"{kind}{n}" for n in range(count)]


def check_traces(program):
    found = {path.stem: Storm(program, "--trace", path, "check").succeeded().lines[0]["accesses"]
             for path in TRACES.glob("*.txt")}
    assert found == LENGTHS, found


def check_each_trace_plays(program):
    for name in LENGTHS:
        before = BRINGUP if name == "linux-net-removal" else [
            "--trace", f"{TRACES}/linux-blk-bringup.txt"] if name == "linux-blk-removal" else []
        Storm(program, *before, "--trace", f"{TRACES}/{name}.txt", "once", "good").succeeded()


def check_once(program):
    run = Storm(program, *BRINGUP, *REMOVAL, "--rounds", "3", "once", *names(4)).succeeded()
    assert [line["round"] for line in run.of("once")] == [1, 2, 3]
    assert all(0 < line["msix_ns"] < line["first_to_last_ns"] for line in run.of("once"))
    assert all(line["accesses"] == 4 * 45 and line["fewest"] == line["most"] == 45 for line in run.of("once"))


def check_storm(program):
    run = Storm(program, *BRINGUP, *REMOVAL, "--rounds", "2", "storm", *names(300), devices=300).succeeded()
    assert run.of("open")[0]["devices"] == 300
    assert [line["accesses"] for line in run.of("storm")] == [300 * 45] * 2
    assert run.of("storm")[0]["first_to_last_ns"] >= run.of("storm")[0]["longest_ns"]


def check_storm_is_at_once(program):
    """A millisecond an access: one after the other would be 40 times that."""
    line = Storm(program, *BRINGUP, "storm", *names(40, "slow")).succeeded().of("storm")[0]
    assert 45e6 <= line["shortest_ns"] and line["first_to_last_ns"] < 40 * 45e6 / 2, line
    line = Storm(program, *BRINGUP, "once", *names(4, "slow")).succeeded().of("once")[0]
    assert line["first_to_last_ns"] >= 4 * 45e6, line


def check_hammer(program):
    run = Storm(program, *BRINGUP, "--seconds", "1", "--access", "R(19, 1)", "hammer", "good", "slow").succeeded()
    line = run.of("hammer")[0]
    assert 1e9 <= line["first_to_last_ns"] < 10e9, line
    assert 1 < line["fewest"] <= 1000 < line["most"], line
    assert line["accesses"] == line["fewest"] + line["most"]
    run = Storm(program, *BRINGUP, "--seconds", "1", "--pause-us", "20000", "hammer", "good").succeeded()
    assert 1 < run.of("hammer")[0]["most"] <= 51, run.of("hammer")


def check_latency(program):
    run = Storm(program, *BRINGUP, "--samples", "50", "latency", "slow").succeeded()
    assert [line["class"] for line in run.of("latency")] == ["read", "write", "cached", "doorbell", "reset"]
    for line in run.of("latency"):
        assert 1e6 <= line["min_ns"] <= line["p50_ns"] <= line["p90_ns"] <= line["p99_ns"] <= line["max_ns"], line
        assert line["min_ns"] <= line["mean_ns"] <= line["max_ns"]
        assert line["count"] == 50 == sum(number for _, number in line["histogram"])
        bounds = [bound for bound, _ in line["histogram"]]
        assert bounds == sorted(set(bounds)) and bounds[0] <= line["min_ns"] < bounds[0] * 1.25 + 1
    run = Storm(program, *BRINGUP, "--samples", "5", "--classes", "cached,reset", "latency", "good").succeeded()
    assert [line["class"] for line in run.of("latency")] == ["cached", "reset"]


def check_few_vectors(program):
    Storm(program, *BRINGUP, "once", "good", vectors=2).failed("MSI-X: No space left on device")
    Storm(program, *BRINGUP, "--vectors", "2", "once", "good", vectors=2).succeeded()


def check_intx(program):
    """On from the start, off while MSI-X is on, on again afterwards: the fake refuses both at a time."""
    for mode in ("once", "storm"):
        Storm(program, "--intx", *BRINGUP, *REMOVAL, "--rounds", "3", mode, *names(3)).succeeded()
    Storm(program, "--intx", "--trace", f"{TRACES}/plain-bringup.txt", "once", "good").succeeded()
    Storm(program, "--intx", *BRINGUP, "once", "good", no_intx=1).failed("INTx: Invalid argument")
    Storm(program, *BRINGUP, "once", "good", no_intx=1).succeeded()


def check_waiting(program):
    Storm(program, *BRINGUP, "--wait", "once", "good", text="\n").succeeded()
    run = Storm(program, *BRINGUP, "--wait", "once", "good").succeeded()
    assert not run.of("once"), "without a line it only closes"
    for mode in ("once", "storm", "hammer"):
        for lines, rounds in (("\n\n", 2), ("\n\n\n\n", 3)):
            run = Storm(program, *BRINGUP, *REMOVAL, "--wait", "--rounds", "3", "--seconds", "1", mode, "good", text=lines)
            assert len(run.succeeded().of(mode)) == rounds, (mode, lines)


def check_apart(program):
    """A millisecond an access: one before the switch, one after it."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file, tempfile.NamedTemporaryFile("w", suffix=".txt") as undo:
        for each, text in ((file, "R(18, 1)\nMSIX(3)\nR(18, 1)\n"), (undo, "MSIX(0)\n")):
            each.write(text)
            each.flush()
        trace = ["--trace", file.name, "--undo", undo.name, "--rounds", "2", "--wait", "storm"]
        first, second = Storm(program, *trace, *names(9, "slow"), text="\napart\n").succeeded().of("storm")
        assert first["switching_ns"] == 0 < second["switching_ns"], (first, second)
        assert second["switching_ns"] <= second["first_to_last_ns"] - 2e6, second
    run = Storm(program, "--trace", f"{TRACES}/plain-bringup.txt", "--wait", "storm", *names(3), text="apart\n")
    assert run.succeeded().of("storm")[0]["accesses"] == 30, "nothing to switch"
    for kind in ("gone", "breaks"):
        run = Storm(program, *BRINGUP, "--wait", "storm", "good", f"{kind}1", "good2", text="apart\n").failed(f"{kind}1: ")
        assert not run.of("storm"), "who failed keeps nobody waiting"


def check_failures(program):
    for kind, error in (("refused", "group: Device or resource busy"), ("gone", "status is 0xff, not 0"),
                        ("breaks", "Input/output error")):
        for mode in ("once", "storm", "hammer", "latency"):
            run = Storm(program, *BRINGUP, "--seconds", "1", "--samples", "9", mode, "good", f"{kind}1", "good2")
            run.failed(f"{kind}1: ").failed(error)
            assert not run.of(mode), "no result beside an error"
    Storm(program, *BRINGUP, "--limit", "1", "--seconds", "30", "hammer", "good").failed("it took too long")


def check_bad_arguments(program):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        for line in ("R(18)", "R(18, 3)", "R(18, 1) R(18, 1)", "W(18, 1)", "W(18, 1, x)", "W(4, 4, 0x100000000)", "X(1)",
                     "R(4096, 1)", "R(-1, 1)", "MSIX()"):
            file.seek(0)
            file.truncate()
            file.write(f"// a comment\n\nR(18, 1)\n{line}\n")
            file.flush()
            Storm(program, "--trace", file.name, "check").failed(":4: no access: " + line, 2)
    Storm(program, "--trace", "/nowhere", "check").failed("No such file", 2)
    for arguments in (["storm"], ["check", "x"], ["dance", "x"], [], ["--rounds", "0", "once", "x"],
                      ["--rounds", "-1", "once", "x"], ["--samples", "1x", "once", "x"], ["--nothing", "once", "x"],
                      ["--classes", "read,rea", "latency", "x"], ["--classes", "", "latency", "x"]):
        run = Storm(program, *arguments)
        assert run.status == 2 and run.stderr and not run.lines, arguments
