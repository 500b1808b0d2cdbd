# SPDX-License-Identifier: GPL-2.0-only
"""A small QMP client for the host VM's QEMU."""
import json
import threading

from .progress import LabError


class Qmp:
    def __init__(self, connection, timeout=20):
        self.lock = threading.Lock()
        self.events = []
        self.socket = connection
        self.socket.settimeout(timeout)
        self.file = self.socket.makefile("rw", encoding="utf-8")
        self.file.readline()
        self.command("qmp_capabilities")

    def command(self, name, **arguments):
        """Result of a command; LabError with the monitor's own words if it refuses."""
        with self.lock:
            request = {"execute": name}
            if arguments:
                request["arguments"] = arguments
            self.file.write(json.dumps(request) + "\n")
            self.file.flush()
            while True:
                line = self.file.readline()
                if not line:
                    raise LabError("the host VM's QEMU has closed its monitor")
                answer = json.loads(line)
                if "event" in answer:
                    self.events.append(answer)
                elif "error" in answer:
                    raise LabError(f"{name}: {answer['error'].get('desc')}")
                else:
                    return answer.get("return")

    def human(self, line):
        return self.command("human-monitor-command", **{"command-line": line})

    def close(self):
        self.socket.close()
