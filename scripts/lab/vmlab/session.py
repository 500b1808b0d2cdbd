# SPDX-License-Identifier: GPL-2.0-only
"""Runs the scenarios of one group in a host VM; boots a new one where a scenario ended or stalled it."""
import json
import shutil
import tempfile
import time
from pathlib import Path

from . import boot, cache, images, kernels, ktap, references, trouble
from .control import Control, HostDied, HostStalled, ScenarioTimeout
from .machine import Machine, device_qemu, port_address
from .progress import LabError, step
from .requests import Requests
from .results import check_console
from .waits import Pace

BOOT_ATTEMPTS = 2


def before(lines, stepname):
    """What the console said before a step failed."""
    for index, line in enumerate(lines):
        if line.startswith("lab ") and f": not ok {stepname}:" in line:
            return lines[max(0, index - 14):index + 1]
    return lines[-15:]


def outside(lines):
    """Console lines that belong to no scenario: the boot, the end, and what lies between."""
    found, inside = [], False
    for line in lines:
        inside = (inside or line.startswith("LAB-BEGIN ")) and not line.startswith("LAB-END ")
        if not inside:
            found.append(line)
    return found


def prepare(group, scenarios, output="/dev/null"):
    """Builds what is not in the cache, and the initramfs of the group's host VM."""
    device_qemu()
    guests = sorted({scenario.settings["GUEST_KERNEL"] for scenario in scenarios} - {"none"})
    images.host_image(kernels.get(group.kernel), group, guests, output)


class Session:
    def __init__(self, group, results, server, options):
        self.group = group
        self.results = results
        self.server = server
        self.options = options
        self.work = Path(tempfile.mkdtemp(prefix="vlv-lab."))
        self.logs = cache.BUILD / group.name
        self.kernel = kernels.get(group.kernel)
        self.machine = None
        self.pace = Pace(group)
        self.facts = {}
        self.records = []
        self.boots = 0
        shutil.rmtree(self.logs, ignore_errors=True)
        self.logs.mkdir(parents=True)

    def boot(self):
        self.boots += 1
        step(f"{self.group.name}: host VM boots ({self.kernel.release})")
        work = self.work / str(self.boots)
        work.mkdir()
        started = time.monotonic()
        self.requests = Requests(self.group, self.server, self.facts, self.records, work)
        self.machine = Machine(self.group, self.kernel, self.work / "initramfs", work, self.server.port,
                               self.options.kvm)
        self.machine.start()
        self.requests.qmp = self.machine.qmp
        self.control = Control(self.machine, self.requests, self.pace)
        self.control.wait_ready()
        seconds = time.monotonic() - started
        self.pace.note_boot(seconds)
        cache.journal.write(kind="boot", name=self.group.name, seconds=seconds, pace=self.pace.factor)
        step(f"{self.group.name}: host VM ready after {seconds:.0f} s; limits are {self.pace.factor:.1f} times those of the "
             "reference machine")

    def close(self):
        """Power off and read what the console said outside the scenarios."""
        if not self.machine:
            return
        if self.machine.alive():
            try:
                self.control.send("end")
                self.machine.stop(patience=20)
            except OSError:
                pass
        self._abandon()

    def _abandon(self, check=True):
        if self.machine:
            self.machine.stop()
        if self.machine and check:
            check_console(self.results, f"{self.group.name}.boot-{self.boots}", outside(self.machine.lines))
        if self.machine:
            if self.machine.console_path.exists():
                shutil.copy(self.machine.console_path, self.logs / f"console-{self.boots}.log")
            self.machine = None

    def ensure_booted(self):
        for attempt in range(BOOT_ATTEMPTS):
            if self.machine:
                return
            try:
                self.boot()
            except LabError as error:
                tail = self.machine.tail() if self.machine else ""
                last = attempt + 1 == BOOT_ATTEMPTS
                self._abandon(check=last)
                if last:
                    raise LabError(f"{error}\n{tail}") from None
                step(f"{self.group.name}: {error}; booting again")
                print(f"# lab.{self.group.name}: the host VM did not boot ({error}); tried once more", flush=True)
                cause = "limit" if isinstance(error, ScenarioTimeout) else "boot"
                cache.journal.write(kind="again", name=self.group.name, cause=cause, why=str(error).splitlines()[0])

    def settings(self, scenario):
        ports = {f"PORT_{pf['name']}": port_address(index) for index, pf in enumerate(self.group.pfs)}
        server = {"SERVER_PORT": self.server.port, "GUEST_ARGUMENTS": boot.ARGUMENTS}
        return {**ports, **references.settings(self.group), **server, **self.pace.settings(), "GROUP": self.group.name, **scenario.settings,
                **dict(self.options.set)}

    def run(self, scenarios):
        prepare(self.group, scenarios, self.work / "initramfs")
        try:
            for scenario in scenarios:
                if scenario.fresh:
                    self._abandon()
                self.run_one(scenario)
            self.close()
        finally:
            self._abandon()
            if not self.options.keep:
                shutil.rmtree(self.work, ignore_errors=True)
            else:
                step(f"kept: {self.work}")

    def run_one(self, scenario, attempt=1):
        name = scenario.full_name
        try:
            self.ensure_booted()
        except LabError as error:
            self.results.add(False, f"{name}.boot", str(error).splitlines()[0], str(error).splitlines()[1:])
            self.add_row(scenario, False)
            return
        step(f"{name}{f', run {attempt}' if attempt > 1 else ''}")
        started, first, problem = time.monotonic(), len(self.machine.lines), None
        failed_before = self.results.failed
        self.facts.clear()
        self.records.clear()
        self.server.forget()
        results = []
        try:
            for result in self.control.run(scenario, self.settings(scenario)):
                results.append(result)
        except (HostStalled, HostDied, ScenarioTimeout) as error:
            problem = error
        time.sleep(0.1)      # for the last lines of the console
        lines = self.machine.lines[first:]
        why = trouble.of_the_emulator(problem, self.control.lost_guests, lines)
        if why and attempt < self.group.tries:
            self.run_again(scenario, why, lines, attempt)
            return
        self.report(scenario, results, problem, lines)
        self.add_row(scenario, self.results.failed == failed_before)
        seconds = time.monotonic() - started
        self.write_records(name, seconds)
        cache.journal.write(kind="scenario", name=name, seconds=seconds, good=self.results.failed == failed_before)
        step(f"{name} took {seconds:.0f} s")
        if problem:
            self.keep_state(name)
            self._abandon()

    def add_row(self, scenario, good):
        """A line of JSON for whoever prints the table."""
        if not scenario.row or not self.options.rows:
            return
        row = {"scenario": scenario.full_name, "good": good, "host": self.group.kernel, **scenario.row, "facts": self.facts}
        with open(self.options.rows, "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def write_records(self, name, seconds):
        """Lines of JSON: what the scenario measured."""
        if not self.options.records:
            return
        with open(self.options.records, "a", encoding="utf-8") as file:
            for record in [*self.records, {"name": "seconds", "side": "", "data": round(seconds)}]:
                file.write(json.dumps({"scenario": name, **record}) + "\n")

    def run_again(self, scenario, why, lines, attempt):
        name = scenario.full_name
        step(f"{name}: {why.text}; no kernel says why; running it again")
        print(f"# lab.{name}: {why.text}, and no kernel reported why: run again in a new host VM", flush=True)
        cache.journal.write(kind="again", name=name, cause=why.cause, why=why.text)
        for line in lines[-10:]:
            print(f"#   {line}", flush=True)
        self.keep_state(name)
        self._abandon(check=False)
        self.run_one(scenario, attempt + 1)

    def keep_state(self, name):
        text = trouble.state(self.machine)
        (self.logs / f"state-{name}.txt").write_text(text, encoding="utf-8")
        for line in trouble.brief(text):
            print(f"#   {line}", flush=True)

    def report(self, scenario, results, problem, lines):
        name = scenario.full_name
        for passed, stepname, reason in results:
            self.results.add(passed, f"{name}.{stepname}", reason, [] if passed else before(lines, stepname))
        if not results and not problem:
            self.results.add(False, f"{name}.steps", "the scenario reported nothing", lines[-25:])
        if problem:
            self.results.add(False, f"{name}.end", str(problem), lines[-40:])
        if scenario.reads:
            ktap.READERS[scenario.reads](self.results, lines)
        else:
            check_console(self.results, name, lines)
