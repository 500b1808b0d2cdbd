# SPDX-License-Identifier: GPL-2.0-only
"""A sign of life each minute for commands whose output appears at their end."""
import os
import re
import threading

SECONDS = float(os.environ.get("VLV_HEARTBEAT") or 60)
WIDTH = 100
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def printable(line):
    """@line without escape sequences and control characters, at most WIDTH characters."""
    return CONTROL.sub("", ESCAPE.sub("", line)).strip()[:WIDTH]


def last_line(text):
    """The last line of @text that is not empty."""
    lines = (printable(line) for line in reversed(re.split(r"[\r\n]", text)))
    return next((line for line in lines if line), "nothing logged yet")


def last_line_of(descriptor):
    """The last line of an open log."""
    size = os.fstat(descriptor).st_size
    return last_line(os.pread(descriptor, 4096, max(0, size - 4096)).decode("utf-8", "replace"))


class Heartbeat:
    """Calls beat() each minute while its block runs."""

    def __init__(self, beat, seconds=SECONDS):
        self.beat = beat
        self.seconds = seconds
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while not self.over.wait(self.seconds):
            self.beat()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
