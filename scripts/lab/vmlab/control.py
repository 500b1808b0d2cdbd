# SPDX-License-Identifier: GPL-2.0-only
"""The runner's side of the control channel: starts scenarios in the host VM, answers what their steps ask for."""
import queue
import shlex
import threading
import time

from .progress import LabError

SILENCE = 40        # seconds without a sign of life after which the host VM counts as stalled
# Where time is counted in instructions, the two seconds between two signs can take much longer outside.
SILENCE_ICOUNT = 600


class HostDied(LabError):
    """The host VM ended while a scenario ran."""


class HostStalled(LabError):
    """Nothing runs in the host VM any more, not even its heartbeat."""


class ScenarioTimeout(LabError):
    """The host VM lives, the scenario did not end."""


class Control:
    def __init__(self, machine, requests):
        self.machine = machine
        self.requests = requests
        self.lines = queue.Queue()
        self.heard = time.monotonic()
        self.silence = SILENCE_ICOUNT if machine.group.icount else SILENCE
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

    def next_line(self, deadline):
        """The next line from the host VM, or the reason why there is none."""
        while True:
            try:
                return self.lines.get(timeout=0.5)
            except queue.Empty:
                moment = time.monotonic()
                if not self.machine.alive():
                    raise HostDied("the host VM ended by itself") from None
                if moment - self.heard > self.silence:
                    raise HostStalled(f"the host VM gave no sign of life for {self.silence} seconds") from None
                if moment > deadline:
                    raise ScenarioTimeout("time limit reached") from None

    def wait_ready(self, limit):
        deadline = time.monotonic() + limit
        self.heard = deadline
        while self.next_line(deadline) != "ready":
            pass

    def run(self, scenario, settings):
        """Run one scenario; yields (passed, step name, reason) as results come in."""
        self.lost_guests = []
        self.send("clear")
        for name, value in settings.items():
            self.send(f"set {name}={shlex.quote(str(value))}")
        self.send(f"run {scenario.full_name} {scenario.script}")
        deadline = time.monotonic() + scenario.limit
        while True:
            verb, _, rest = self.next_line(deadline).partition(" ")
            if verb == "result":
                outcome, name, *reason = rest.split(" ", 2)
                yield outcome == "ok", name, reason[0] if reason else ""
            elif verb == "lost":
                self.lost_guests.append(rest)
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
