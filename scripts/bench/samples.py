# SPDX-License-Identifier: GPL-2.0-only
"""Records as the lab's scenarios leave them, with made-up numbers that keep every limit."""

TIMES = [(0, "pipelined"), (20, "pipelined"), (20, "serial"), (200, "pipelined"), (200, "serial")]
SIDES = ("ours", "in_tree")
NAMES = {"ours": "ours", "in_tree": "in-tree"} # in those of scenarios
# What, whose numbers stand beside ours, and commands of both.
COMMANDS = [("net.bringup", "in_tree", 25, 45), ("net.rebringup", "in_tree", 21, 45), ("net.removal", "in_tree", 3, 25),
            ("net.first", "in_tree", 26, 45),
            ("net-mq.bringup", "in_tree", 31, 57), ("net-mq.rebringup", "in_tree", 27, 57),
            ("net-mq.removal", "in_tree", 3, 31), ("blk.bringup", "forward_all", 27, 63),
            ("blk.removal", "forward_all", 3, 13), ("seabios-blk.init", "forward_all", 23, 41),
            ("ipxe-net.open", "forward_all", 15, 31)]
CLASSES = {"read": 1.0, "write": 1.0, "cached": 0.1, "doorbell": 0.5, "reset": 3.0}


def record(scenario, name, side, data, **parameters):
    return {"scenario": scenario, "name": name, "side": side, **parameters, "data": data}


def guests():
    for what, other, ours, theirs in COMMANDS:
        scenario = "bench-cost.firmware" if "-" in what and "mq" not in what else f"bench-guest.{what.split('.')[0]}"
        for side, commands in (("ours", ours), (other, theirs)):
            yield record(scenario, "counters", side, {"commands": commands, "waits": commands * 18 // 25}, what=what)
    yield record("bench-guest.net-nomsi", "counters", "ours", {"commands": 25, "waits": 18}, what="net-nomsi.bringup")
    for side, commands in (("ours", 1), ("forward_all", 200)):
        yield record("bench-cost.firmware", "requests", side, {"requests": 100, "commands": commands})
    for side, line, commands in (("ours", "none", 10000), ("ours", "intx", 25), ("in_tree", "none", 60000), ("in_tree", "intx", 60000)):
        yield record("bench-guest.isr", "isr", side, {"reads": 60000, "commands": commands, "seconds": 10}, line=line)
    for side, event in (("ours", 12500), ("msix", 12000)):
        yield record("bench-cost.interrupt", "interrupt", side,
                     {"samples": 100, "interrupts": 100, "quiet_ns": 10000, "event_ns": event, "commands": 0})


def accesses():
    for side, share in zip(SIDES, (1, 2)):
        for dma, more in (("translated", 1000), ("direct", 500)):
            yield record("bench-cost.access", "play", side, {"accesses": 50, "first_to_last_ns": 9000 + 50 * more * share,
                                                             "msix_ns": 9000}, dma=dma, latency_us=0, model="pipelined")
            for poll, factor in (("off", 3), *([("on", 2)] if dma == "direct" else [])):
                yield latency("bench-cost.access", "latency", side, "read", factor * more * share,
                              dma=dma, latency_us=0, model="pipelined", poll=poll)
        for latency_us, model in TIMES:
            for klass, factor in CLASSES.items():
                yield latency("bench-cost.access", "latency", side, klass, int(factor * (1000 * latency_us + 4000 * share)),
                              dma="translated", latency_us=latency_us, model=model, poll="on")


def latency(scenario, name, side, klass, ns, **parameters):
    histogram = [[ns // 2, 90], [ns, 9], [2 * ns, 1]]
    data = {"mode": "latency", "class": klass, "count": 100, "mean_ns": ns, "p50_ns": ns, "p99_ns": 2 * ns,
            "histogram": histogram}
    return record(scenario, name, side, data, **parameters)


def kicks():
    for way, part, each in (("write", "whole", 4000), ("write", "beyond-exit", 2000),
                            ("eventfd", "whole", 1600), ("eventfd", "beyond-exit", 200)):
        yield record("bench-cost.kick", "kick", "ours", {"way": way, "part": part, "count": 100, "ns": 100 * each})


def load():
    for latency_us, model in TIMES:
        for side, share in zip(SIDES, (1, 2)):
            for vfs, queue in ((1, 64), (8, 64), (64, 64), (64, 32), (256, 64)):
                data = {"accesses": 1000, "first_to_last_ns": 10 ** 9 * share * (64 // queue) ** (share - 1),
                        "cpu_ns": 5 * 10 ** 6 * share}
                yield record(f"bench-load.throughput-{NAMES[side]}", "hammer", side, data, vfs=vfs, queue=queue,
                             latency_us=latency_us, model=model)
            for hammer in (0, 1, 8, 63):
                ns = (latency_us + 1) * 1000 * (1 if hammer == 0 else share)
                yield latency(f"bench-load.quiet-{NAMES[side]}", "quiet", side, "read", ns, hammer=hammer, latency_us=latency_us,
                              model=model, **({"depth": 8} if side == "ours" else {}))


def faults():
    for order, latency_us, model in (("members", 20, "pipelined"), ("members", 200, "serial"), ("arrival", 200, "serial")):
        for side, accesses in (("ours", 30 * (950 if order == "members" else 800)), ("no_mute", 30 * 1000)):
            yield record("bench-load.mute", "beside", side, {"accesses": accesses, "first_to_last_ns": 30 * 10 ** 9, "slowest_ns": 4 * 10 ** 6},
                         order=order, latency_us=latency_us, model=model)
    for how, ms in (("late", 100), ("lost", 20000)):
        for pause in (20, 40):
            yield record("bench-cost.return", "return", "ours", {"ms": ms}, how=how, pause=pause)


def scale():
    for latency_us, model in TIMES:
        for side, share in zip(SIDES, (1, 2)):
            for vfs in (100, 1000):
                for switching, ns in (("counted", 0), ("apart", 10 ** 6)):
                    data = {"accesses": 48 * vfs, "first_to_last_ns": vfs * share * 10 ** 6 + ns, "switching_ns": ns}
                    yield record(f"bench-scale.{NAMES[side]}", "storm", side, data, vfs=vfs, latency_us=latency_us, model=model,
                                 switching=switching)
    for side, share in zip(SIDES, (1, 2)):
        for vfs in (100, 1000):
            yield record(f"bench-scale.{NAMES[side]}", "first-storm", side, {"first_to_last_ns": vfs * share * 10 ** 6}, vfs=vfs)
        for state in ("bound", "opened"):
            yield record(f"bench-scale.{NAMES[side]}", "memory", side, {"vfs": 100, "bytes": 409600 * share}, state=state)


def records():
    every = [*guests(), *accesses(), *kicks(), *load(), *faults(), *scale()]
    names = sorted({each["scenario"] for each in every})
    return every + [record(name, "seconds", "", 61) for name in names]
