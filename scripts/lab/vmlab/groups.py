# SPDX-License-Identifier: GPL-2.0-only
"""Groups: one host VM boot each, its PFs with their properties, and the scenarios run in it. Data in groups/*.toml."""
import tomllib

from . import backends, cache, waits
from .progress import LabError


class Scenario:
    def __init__(self, group, data, common):
        self.group = group
        self.name = data["name"]
        self.script = data.get("script", self.name)
        # The kind of wait for one step of it.
        self.step = data.get("step", "step")
        if self.step not in waits.KINDS:
            raise LabError(f"scripts/lab/groups/{group.name}.toml: no kind of wait {self.step}")
        # The reader of this scenario's part of the console: a key of ktap.READERS, or none.
        self.reads = data.get("reads")
        # Run by make matrix and by name, not by --all: Documentation/testing.md says what shows the same in make check.
        self.matrix = data.get("matrix", group.matrix)
        # In a host VM of its own: what it leaves behind takes longer to undo than another boot.
        self.fresh = data.get("fresh", False)
        self.settings = {"GUEST_KERNEL": "debian", **common, **data.get("settings", {})}
        # Table and label of its row in what `make matrix` prints.
        self.row = data.get("row")
        if self.row:
            self.settings["ROW"] = "1"
        if not (cache.LAB / "scenarios" / f"{self.script}.sh").exists():
            raise LabError(f"scripts/lab/groups/{group.name}.toml: no scenarios/{self.script}.sh")

    @property
    def full_name(self):
        return f"{self.group.name}.{self.name}"


class Group:
    def __init__(self, path):
        with open(path, "rb") as file:
            data = tomllib.load(file)
        host = data.get("host", {})
        self.name = path.stem
        self.kernel = host.get("kernel", "debian")
        self.memory = host.get("memory", 2048)
        self.cpus = host.get("cpus", 2)
        self.cmdline = host.get("cmdline", "iommu=pt")
        # Nanoseconds that an instruction takes, a power of 2: the clock counts instructions, and idle time is skipped. The
        # load of the machine changes no time in the host VM. 0: the clock is the machine's.
        self.instruction_ns = host.get("instruction_ns", 0)
        self.iommu = host.get("iommu", "intel")
        # Initial calls of the kernel that are left out, besides boot.SKIPPED.
        self.skipped = host.get("skip", [])
        # The processor says that its TSC has a constant rate.
        self.constant_tsc = host.get("constant_tsc", False)
        # How often a scenario is run at most for the emulator's faults.
        self.tries = host.get("tries", 4)
        self.our_modules = host.get("our_modules", True)
        # The kernel's own variant driver is there, where this kernel can have it.
        self.peer = host.get("peer", True)
        # The suites of kunit/, and samples that fail, in the host VM.
        self.kunit = host.get("kunit", False)
        # A kernel whose build of our modules the host VM gets as well, in /lab/foreign.
        self.foreign = host.get("foreign")
        # The host VM has its own kernel's image, to be booted after a crash.
        self.crashes = host.get("crashes", False)
        # Modules of modules.TOOLS that the host VM gets as well.
        self.tools = host.get("tools", [])
        self.on_request = host.get("on_request", False)
        # All scenarios of the group are run by make matrix.
        self.matrix = host.get("matrix", False)
        self.roots = host.get("roots", [])
        self.pfs = [*data.get("pf", []), *backends.one_of_each(data.get("types"))]
        common = data.get("settings", {})
        self.scenarios = [Scenario(self, entry, common) for entry in data.get("scenario", [])]


def load_all():
    return [Group(path) for path in sorted((cache.LAB / "groups").glob("*.toml"))]


def select(groups, names=(), everything=False, rows=False):
    """Pairs of a group and its chosen scenarios; names are "group.scenario", "scenario" or "group".

    With everything, those of make check; names limit them. With rows, those that are a row of a table, and those that
    only make matrix runs.
    """
    unused = set(names)
    chosen = []
    for group in groups:
        picked = []
        for scenario in group.scenarios:
            keys = {scenario.full_name, scenario.name, group.name} & set(names)
            unused -= keys
            checked = not group.on_request and not scenario.matrix
            if everything:
                wanted = checked and (keys or not names)
            else:
                wanted = keys or rows and (scenario.row or scenario.matrix)
            if wanted:
                picked.append(scenario)
        if picked:
            chosen.append((group, picked))
    if unused:
        raise LabError(f"no such scenario or group: {', '.join(sorted(unused))} (--list shows them)")
    return chosen
