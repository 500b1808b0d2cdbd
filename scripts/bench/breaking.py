# SPDX-License-Identifier: GPL-2.0-only
"""Changes of the samples (samples.py): each breaks a limit, or just does not."""
from typing import NamedTuple


class Case(NamedTuple):
    where: dict     # which records change
    data: dict      # what becomes of their data; None: they are not there
    why: str        # of the first that fails
    fails: list


def counters(what, side="ours"):
    return {"name": "counters", "what": what, "side": side}


def timed(name, latency_us, model, **more):
    return {"name": name, "latency_us": latency_us, "model": model, "side": "ours", **more}


CASES = [
    # One more than the limit, each.
    Case(counters("net.bringup"), {"commands": 26}, "got 26, limit 25", ["commands.net.bringup.count"]),
    Case(counters("net.rebringup"), {"commands": 22}, "got 22, limit 21", ["commands.net.rebringup.count"]),
    Case(counters("net.removal"), {"commands": 4}, "got 4, limit 3", ["commands.net.removal.count"]),
    Case(counters("blk.bringup"), {"commands": 28}, "got 28, limit 27", ["commands.blk.bringup.count"]),
    Case(counters("blk.removal"), {"commands": 4}, "got 4, limit 3", ["commands.blk.removal.count"]),
    Case(counters("net-nomsi.bringup"), {"commands": 27}, "got 27, limit 26", ["commands.net.bringup.nomsi.count"]),
    Case(counters("seabios-blk.init"), {"commands": 24}, "got 24, limit 23", ["commands.seabios-blk.init.count"]),
    Case(counters("net.bringup"), {"waits": 19}, "got 19, limit 18", ["waits.net.bringup.count"]),
    Case({"name": "requests", "side": "ours"}, {"commands": 2}, "got 0.02, limit 0.01",
         ["isr.seabios-blk.per_request.count"]),
    Case({"name": "isr", "side": "ours", "line": "none"}, {"commands": 10010}, "got 1001, limit 1000",
         ["isr.poll_client.one-a-window"]),
    Case({"name": "isr", "side": "ours", "line": "intx"}, {"commands": 26}, "got 26, limit 25",
         ["isr.poll_client.intx.bringup-alone"]),
    Case({"name": "isr", "side": "ours"}, {"reads": 49990}, "got 4999, limit 5000",
         ["isr.poll_client.intx.reads-a-second", "isr.poll_client.reads-a-second"]),
    Case({"name": "interrupt", "side": "ours"}, {"event_ns": 12501}, "got 1.2505, limit 1.25", ["interrupt.intx.ratio"]),
    Case({"name": "interrupt", "side": "ours"}, {"commands": 1}, "got 0.01, limit 0",
         ["interrupt.intx.commands.count", "interrupt.intx.commands.not-slower"]),

    Case({"name": "play", "side": "ours", "dma": "translated"}, {"first_to_last_ns": 59050}, "got 0.5005, limit 0.5",
         ["instructions.bringup.translated.ratio"]),
    Case(timed("latency", 0, "pipelined", dma="translated", poll="off"), {"p50_ns": 4806}, "got 0.801, limit 0.8",
         ["instructions.access.translated.ratio"]),

    Case({"name": "kick", "way": "eventfd", "part": "whole"}, {"ns": 181000}, "got 0.4525, limit 0.45", ["kick.eventfd.of-write"]),
    Case({"name": "kick", "way": "eventfd", "part": "beyond-exit"}, {"ns": 50100}, "got 0.2505, limit 0.25",
         ["kick.eventfd.beyond-exit.of-write"]),

    # Slower, whichever direction is better.
    Case(timed("latency", 20, "serial", **{"class": "read"}), {"p50_ns": 28290}, "got 1.010357, limit 1.01",
         ["access.p50.read.20us.serial.not-slower"]),
    Case(timed("hammer", 0, "pipelined", vfs=8), {"first_to_last_ns": 3 * 10 ** 9}, "got 1.5, limit 1.01",
         ["throughput.vfs8.0us.pipelined.not-slower"]),
    Case(counters("ipxe-net.open"), {"commands": 32}, "got 1.032, limit 1.01", ["commands.ipxe-net.open.not-slower"]),

    # At 64 VFs there is no room for rounding, and a short queue asks for more.
    Case(timed("hammer", 200, "serial", vfs=64, queue=64), {"first_to_last_ns": 2010000000}, "got 0.995, limit 1",
         ["throughput.vfs64.200us.serial.never-below"]),
    Case(timed("hammer", 20, "pipelined", vfs=64, queue=32), {"first_to_last_ns": 2010000000}, "got 1.99, limit 2",
         ["throughput.vfs64.queue32.20us.pipelined.twice"]),
    Case(timed("hammer", 20, "pipelined", vfs=256), {"cpu_ns": 6010000}, "got 1.202, limit 1.2",
         ["cpu.per_command.vfs256.20us.pipelined.as-with-64"]),

    # The limit is in multiples of idle with one model, and in time with the other.
    Case(timed("quiet", 20, "serial", hammer=8), {"p99_ns": 200001}, "got 200001, limit 200000",
         ["quiet_p99.hammer8.20us.serial.depth", "quiet_p99.hammer8.20us.serial.not-slower"]),
    Case(timed("quiet", 20, "pipelined", hammer=63), {"p99_ns": 126042}, "got 3.001, limit 3",
         ["quiet_p99.hammer63.20us.pipelined.multiple", "quiet_p99.hammer63.20us.pipelined.not-slower"]),

    # One access less, and one millisecond more, than the limit.
    Case(timed("beside", 20, "pipelined"), {"accesses": 26999}, "got 0.8999667, limit 0.9", ["mute.past.20us.pipelined.ratio"]),
    Case(timed("beside", 20, "pipelined"), {"slowest_ns": 8001000}, "got 2.00025, limit 2",
         ["mute.past.longest.20us.pipelined.longest"]),
    Case(timed("beside", 200, "serial", order="arrival"), {"accesses": 21999}, "got 8.001, limit 8",
         ["mute.behind.200us.serial.standstill"]),
    Case({"name": "return", "how": "lost", "pause": 40}, {"ms": 31001}, "got 31001, limit 31000", ["return.pause40.lost.bound"]),
    Case({"name": "return", "how": "late", "pause": 20}, {"ms": 201}, "got 201, limit 200", ["return.pause20.late.at-once"]),

    Case(timed("storm", 0, "pipelined", vfs=100, switching="counted"), {"first_to_last_ns": 101 * 10 ** 6}, "got 0.505, limit 0.5",
         ["storm.vfs100.0us.pipelined.ratio"]),
    Case(timed("storm", 0, "pipelined", vfs=100, switching="apart"), {"first_to_last_ns": 102 * 10 ** 6}, "got 0.505, limit 0.5",
         ["storm.vfs100.registers.0us.pipelined.ratio"]),
    Case(timed("storm", 200, "serial", vfs=100, switching="counted"), {"first_to_last_ns": 121 * 10 ** 6}, "got 0.605, limit 0.6",
         ["storm.vfs100.200us.serial.ratio"]),
    Case(timed("storm", 20, "serial", vfs=100, switching="apart"), {"first_to_last_ns": 84 * 10 ** 6}, "got 12.05, limit 12",
         ["storm.vfs1000.registers.20us.serial.growth"]),
    Case({"name": "memory", "side": "ours", "state": "opened"}, {"bytes": 900000}, "got 1.099, limit 1.01",
         ["memory.vf_opened.not-slower"]),

    # What is missing is no success.
    Case(timed("quiet", 20, "pipelined", hammer=0), None, "ours: no record from bench-load.quiet-ours or bench-load.quiet-in-tree",
         [f"quiet_p99.hammer{count}.20us.pipelined.{name}" for count in (1, 8, 63)
          for name in ("measured", "multiple", "not-slower")]),
]

# Changes after which everything is as it must be: records, and their data.
HARMLESS = [
    # Just enough, or as much as may be.
    ({"name": "isr", "side": "ours"}, {"reads": 50000}),
    # A little is rounding, a reset may take its time, and what is only reported may be anything.
    (timed("latency", 20, "serial", **{"class": "read"}), {"p50_ns": 28270}),
    (timed("latency", 20, "serial", **{"class": "reset"}), {"p50_ns": 10 ** 9}),
    (timed("hammer", 0, "pipelined", vfs=64, queue=32), {"first_to_last_ns": 2010000000}),
    (timed("hammer", 20, "serial", vfs=64, queue=32), {"first_to_last_ns": 2010000000}),
    # A shorter idle time makes the multiple larger, and nothing slower.
    (timed("quiet", 20, "serial", hammer=0), {"p99_ns": 7000}),
    ({**timed("quiet", 200, "pipelined", hammer=63), "side": "in_tree"}, {"p99_ns": 10 ** 9}),
    (timed("quiet", 0, "pipelined", hammer=63), {"p99_ns": 4000}),
    (timed("beside", 200, "serial", order="members"), {"accesses": 27000}),
    (timed("beside", 200, "serial", order="arrival"), {"accesses": 22000}),
    ({"name": "return", "how": "lost"}, {"ms": 31000}),
    (timed("storm", 200, "serial", vfs=100, switching="counted"), {"first_to_last_ns": 119 * 10 ** 6}),
]
