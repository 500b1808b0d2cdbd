# SPDX-License-Identifier: GPL-2.0-only
"""Checks of vfio-same."""
import re
import tempfile

import harness
from harness import TRACES

RECORDED = [option for path in sorted(TRACES.glob("*.txt")) for option in ("--trace", path)]
# Of a network card: status, ISR status and features; what begins at 20 or, with MSI-X, at 24.
REGISTERS = [0, 3, 4, 7, 8, 11, 12, 13, 14, 15, 18, 19, *range(20, 32)]


def same(program, *arguments, ours="any1", theirs="any2", **fake):
    """The numbers of the result."""
    run = harness.run(program, *arguments, ours, theirs, **fake)
    assert run.returncode == 0 and not run.stderr, (run.returncode, run.stdout, run.stderr)
    line, = run.stdout.splitlines()
    return dict(word.split("=") for word in line.split())


def differs(program, *arguments, ours="differs", theirs="any", **fake):
    """What it prints."""
    run = harness.run(program, *arguments, ours, theirs, **fake)
    assert run.returncode == 1 and not run.stderr, (run.returncode, run.stdout, run.stderr)
    assert "compared=" not in run.stdout
    return run.stdout


def check_equal(program):
    result = same(program, *RECORDED)
    assert result["type"] == "net" and result["seed"] == "1" and result["lives"] == "40", result
    accesses, forwarded, compared = (int(result[name]) for name in ("accesses", "forwarded", "compared"))
    assert accesses > 3000 and accesses / 2 < forwarded < accesses and accesses / 3 < compared < forwarded, result


def check_each_type(program):
    for number, name in {1: "net", 2: "blk", 3: "console", 4: "rng", 8: "scsi", 9: "9p"}.items():
        assert same(program, *RECORDED, type=number)["type"] == name
    for number in (5, 16):
        assert f"virtio id {number} has no reference" in differs(program, ours="any", type=number)


def check_seed_decides(program):
    first = same(program, "--seed", "7")
    assert first == same(program, "--seed", "7")
    assert first["accesses"] != same(program, "--seed", "8")["accesses"]
    assert int(same(program, "--lives", "120", "--seed", "7")["accesses"]) > int(first["accesses"])


def check_traces(program):
    accesses = int(same(program, "--lives", "0")["accesses"])
    assert not accesses
    for trace in TRACES.glob("*.txt"):
        wanted = sum(line.startswith(("R", "W", "MSIX")) for line in trace.read_text().splitlines())
        result = same(program, "--lives", "0", "--trace", trace)
        assert int(result["accesses"]) + int(result["skipped"]) == wanted, (trace, result)


def check_each_register(program):
    """Wherever the one bit is, in either device, the first read that has it is the one that is reported."""
    for register in REGISTERS:
        for pair in ({"ours": "differs"}, {"ours": "any", "theirs": "differs"}):
            said = differs(program, "--seed", "3", "--lives", "500", register=register, **pair).splitlines()
            found = re.fullmatch(r"net, seed 3, life (\d+), access (\d+): R\((\d+), (\d)\) is (\S+), and (\S+) of the reference",
                                 said[0])
            assert found, said
            offset, width, ours, theirs = (int(found[n], 0) for n in (3, 4, 5, 6))
            assert offset <= register < offset + width and ours ^ theirs == 0x40 << 8 * (register - offset), said
            assert said[-1] == f"R({offset}, {width})  // {found[5]}, {found[6]}" and len(said) <= 21, said


def check_each_width(program):
    """Each register is read in each width, and after each write."""
    result = same(program, "--widths", "--lives", "0")
    assert int(result["accesses"]) > 1000 and int(result["compared"]) > 500, result
    for register in REGISTERS:
        said = differs(program, "--widths", "--lives", "0", register=register)
        assert said.startswith("net, seed 1, registers in each width, access "), said


def check_late_difference(program):
    said = differs(program, "--lives", "500", register=18, **{"from": 3000})
    life, access = re.search("life ([0-9]+), access ([0-9]+)", said).groups()
    assert int(life) > 10 and int(access) < 1000 and len(said.splitlines()) == 21, said


def check_difference_in_a_trace(program):
    said = differs(program, *RECORDED, register=12)
    assert re.match(r"net, seed 1, \S+/ipxe-net.txt, access \d+: R\(12, 2\)", said), said


def check_history_is_a_trace(program):
    """What led to a difference can be played."""
    said = differs(program, register=12, **{"from": 30}).splitlines()
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(line.split("  //")[0] for line in said[1:]))
        file.flush()
        again = differs(program, "--trace", file.name, "--lives", "0", register=12).splitlines()
    assert again[-1] == said[-1], (said, again)


def check_end_of_configuration(program):
    """Behind it nothing is compared, up to it everything is."""
    assert int(same(program, *RECORDED, ours="differs", register=32)["skipped"]) > 20
    assert "R(31, " in differs(program, *RECORDED, "--lives", "500", register=31)
    assert same(program, "--lives", "500", ours="differs", type=2, register=24 + 57)


def check_identity(program):
    for place, name in {0: "vendor id", 2: "device id", 8: "revision", 9: "class code", 11: "class code",
                        0x0E: "header type", 0x2C: "subsystem vendor id", 0x2E: "subsystem id",
                        0x42: "number of vectors"}.items():
        assert differs(program, config=place).startswith(f"{name} is "), name
    assert "any is no transitional device" in differs(program, ours="any", revision=1)


def check_size_of_bar0(program):
    same(program, ours="differs", bar0=128)
    assert "BAR0 has 0x20 bytes, and 0x40 of the reference" in differs(program, bar0=32)


def check_failures(program):
    assert "refused: group: Device or resource busy" in differs(program, ours="any", theirs="refused")
    assert "Input/output error" in differs(program, *RECORDED, ours="breaks", theirs="any")
    assert "and 0xff" in differs(program, *RECORDED, ours="any", theirs="gone")
    assert "it took too long" in differs(program, "--limit", "1", ours="slow", theirs="slow")


def check_requests(program):
    """Each gives one interrupt; whose missing, and a device that answers none, are found."""
    with tempfile.NamedTemporaryFile() as memory:
        memory.truncate(0x12400 << 12)
        assert same(program, "--memory", memory.name, type=3)["requests"] == "0"
        for number in (1, 2, 4, 8, 9):
            result = same(program, "--lives", "100", "--memory", memory.name, type=number)
            assert int(result["requests"]) == int(result["interrupts"]) > 20, result
        for pair in ({"ours": "silent1"}, {"theirs": "silent1"}):
            pair = {"ours": "any", "theirs": "any", **pair}
            assert "silent1: no answer to a request" in differs(program, "--memory", memory.name, **pair)
    assert same(program)["requests"] == "0"
    assert "/nowhere: No such file" in differs(program, "--memory", "/nowhere", ours="any")


def check_place_of_queues(program):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        for page in (0x500, 0x7EFF, 0x7FF1, 0x12400):
            file.seek(0)
            file.truncate()
            file.write(f"W(8, 4, {page})\n")
            file.flush()
            assert f"no memory for a queue at page {page:#x}" in differs(program, "--trace", file.name)


def check_bad_arguments(program):
    for arguments in ([], ["any"], ["any", "any", "any"], ["--seed", "x", "any", "any"], ["--seed", "-1", "any", "any"],
                      ["--lives", "", "any", "any"], ["--nothing", "any", "any"], ["--trace", "/nowhere", "any", "any"]):
        run = harness.run(program, *arguments)
        assert run.returncode == 2 and run.stderr and not run.stdout, arguments
