# SPDX-License-Identifier: GPL-2.0-only
"""The runner's side of the control channel: starts scenarios in the host VM, answers what their steps ask for."""
import queue
import shlex
import threading
import time

from .progress import LabError
from .waits import MAX_PACE

class HostDied(LabError):
    """The host VM ended while a scenario ran."""


class HostStalled(LabError):
    """Nothing runs in the host VM any more, not even its heartbeat."""


class ScenarioTimeout(LabError):
    """The host VM lives, the scenario makes no progress."""


class Control:
    def __init__(self, machine, requests, pace):
        self.machine = machine
        self.requests = requests
        self.pace = pace
        self.lines = queue.Queue()
        self.heard = time.monotonic()
        self.file = machine.control.makefile("rw", encoding="utf-8", errors="replace", newline="\n")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            for line in self.file:
                self.heard = time.monotonic()
                if line != "beat\n":
                    self.lines.put(line.strip())
        except (OSError, ValueError):
            pass

    def send(self, line):
        self.file.write(line + "\n")
        self.file.flush()

    def next_line(self, overdue, silence):
        """The next line from the host VM, or the reason why there is none. overdue() says why it is not waited for."""
        while True:
            # First, because a scenario that asks for ever always has a line.
            why = overdue()
            if why:
                raise ScenarioTimeout(why)
            try:
                return self.lines.get(timeout=0.2)
            except queue.Empty:
                if not self.machine.alive():
                    raise HostDied("the host VM ended by itself") from None
                if time.monotonic() - self.heard > silence:
                    raise HostStalled(f"the host VM gave no sign of life for {silence} seconds") from None

    def wait_ready(self):
        """Until the host VM's agent is there. A boot has no counter, so this is a clock."""
        limit = self.pace.boot_limit()
        deadline = time.monotonic() + limit

        def overdue():
            late = time.monotonic() > deadline
            return f"it did not boot within {limit} s, {MAX_PACE} times what the reference machine needs" if late else None

        while self.next_line(overdue, limit) != "ready":
            pass

    def run(self, scenario, settings):
        """Run one scenario; yields (passed, step name, reason) as results come in."""
        self.lost_guests = []
        self.send("clear")
        for name, value in settings.items():
            self.send(f"set {name}={shlex.quote(str(value))}")
        self.send(f"run {scenario.full_name} {scenario.script}")
        began = progress = time.monotonic()
        step_limit, limit = self.pace.limit(scenario.step), self.pace.limit("scenario")

        def overdue():
            moment = time.monotonic()
            if moment - max(progress, self.requests.progress) > step_limit:
                return f"no step ended and nothing that a step counts has grown for {step_limit} s"
            return f"it has not ended after {limit} s" if moment - began > limit else None

        while True:
            verb, _, rest = self.next_line(overdue, self.pace.limit("silence")).partition(" ")
            if verb == "result":
                progress = time.monotonic()
                outcome, name, *reason = rest.split(" ", 2)
                yield outcome == "ok", name, reason[0] if reason else ""
            elif verb == "lost":
                self.lost_guests.append(rest)       # cause and text
            elif verb == "?":
                self._answer(rest)
            elif verb == "done":
                # A stop() has already reported its result; any other failing end is a step of its own.
                if rest not in ("0", "1"):
                    yield False, "script", f"the scenario's script ended with status {rest}"
                return

    def _answer(self, request):
        try:
            status, text = 0, self.requests.handle(request)
        except LabError as error:
            status, text = 1, str(error)
        lines = str(text).splitlines() if text not in (None, "") else []
        for line in [f"reply {status} {len(lines)}", *lines]:
            self.send(line)
