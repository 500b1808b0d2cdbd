# SPDX-License-Identifier: GPL-2.0-only
"""Checks of vfio-interrupt."""
import json

import harness


def measured(program, *arguments, status=0, **fake):
    run = harness.run(program, *arguments, **fake)
    assert run.returncode == status and not run.stderr, (run.returncode, run.stderr, run.stdout)
    return json.loads(run.stdout)


def check_line(program):
    """An interrupt for each request that asks for one, and none for the others."""
    line = measured(program, "intx", "300", "any")
    assert line["samples"] == line["interrupts"] == 300, line
    assert 0 < line["quiet_ns"] and 0 < line["event_ns"], line


def check_failures(program):
    for device, error in (("silent", "request 1: no used entry"), ("lineless", "request 2: no interrupt"), ("refused", "group: Device or resource busy")):
        assert error in measured(program, "intx", "9", device, status=1)["error"], device
    assert "INTx: Invalid argument" in measured(program, "intx", "9", "any", status=1, no_intx=1)["error"]


def check_bad_arguments(program):
    for arguments in ([], ["intx", "9"], ["line", "9", "any"], ["intx", "0", "any"], ["intx", "x", "any"]):
        run = harness.run(program, *arguments)
        assert run.returncode == 2 and run.stderr and not run.stdout, arguments
