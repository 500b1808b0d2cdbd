# SPDX-License-Identifier: GPL-2.0-only
"""Several groups at a time: each in a process of its own, its results in one piece when it is done."""
import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

from . import cache, waits
from .progress import step

# A host VM with the nested guests in it, and what the caches of its images take.
MEMORY_EACH = 4 << 30


def memory_for():
    """How many host VMs the memory is enough for; at least one."""
    with open("/proc/meminfo", encoding="ascii") as file:
        available = next(int(line.split()[1]) << 10 for line in file if line.startswith("MemAvailable"))
    return max(1, available // MEMORY_EACH)


def default_jobs():
    """One host VM a processor. Fewer if memory does not do."""
    return min(len(os.sched_getaffinity(0)), memory_for())


def weight(group, scenarios):
    """A rough measure of how long the scenarios take: the limits of their steps, on this group's kernel."""
    pace = waits.Pace(group)
    return sum(pace.limit(scenario.step) for scenario in scenarios)


class Runner:
    def __init__(self, options):
        self.options = [f"--{name}" for name in ("kvm", "keep", "table") if getattr(options, name)]
        self.options += [f"--set={name}={value}" for name, value in options.set]
        for name in ("rows", "records"):
            path = getattr(options, name)
            self.options += [f"--{name}", path] if path else []
        self.children = set()
        self.lock = threading.Lock()

    def run_group(self, pair):
        group, scenarios = pair
        child = subprocess.Popen([cache.LAB / "run", "--jobs", "1", *self.options, *(each.full_name for each in scenarios)],
                                 stdout=subprocess.PIPE, text=True)
        with self.lock:
            self.children.add(child)
        output, _ = child.communicate()
        with self.lock:
            self.children.remove(child)
            print(output, end="", flush=True)
            if child.returncode and "\nnot ok " not in f"\n{output}":
                print(f"not ok lab.{group.name}.end # the runner ended with {child.returncode}", flush=True)
        return child.returncode

    def end(self):
        with self.lock:
            for child in self.children:
                child.terminate()


def run(chosen, jobs, options):
    """Run pairs of a group and its scenarios, the longest first. Return: the exit status."""
    chosen = sorted(chosen, key=lambda pair: weight(*pair), reverse=True)
    step(f"{len(chosen)} groups, {jobs} at a time")
    runner = Runner(options)
    with ThreadPoolExecutor(jobs) as pool:
        try:
            return 1 if any(list(pool.map(runner.run_group, chosen))) else 0
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            runner.end()
            raise

