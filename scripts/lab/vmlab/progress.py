# SPDX-License-Identifier: GPL-2.0-only
"""Progress lines on stderr, and the error that ends a run with a message."""
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "lib"))

from heartbeat import Heartbeat, last_line_of  # noqa: E402

# The first script of a chain starts the clock, as in scripts/lib/progress.sh.
START = int(os.environ.setdefault("VLV_START", str(int(time.time()))))


class LabError(Exception):
    """A reason to stop that the user can act on."""


def step(text):
    seconds = int(time.time()) - START
    print(f"[{seconds // 60:02d}:{seconds % 60:02d}] {text}", file=sys.stderr, flush=True)


def run(command, why, **options):
    """Runs a command and returns its output, which is shown only if the command fails."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        with Heartbeat(lambda: step(f"  still running: {why}: {last_line_of(log.fileno())}")):
            status = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False, **options).returncode
        log.seek(0)
        output = log.read()
    if status:
        tail = "\n".join(output.splitlines()[-20:])
        raise LabError(f"{why}: {' '.join(map(str, command))} failed with {status}:\n{tail}")
    return output
