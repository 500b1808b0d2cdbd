# SPDX-License-Identifier: GPL-2.0-only
"""Progress lines on stderr, and the error that ends a run with a message."""
import os
import subprocess
import sys
import time

# The first script of a chain starts the clock, as in scripts/lib/progress.sh.
START = int(os.environ.setdefault("VLV_START", str(int(time.time()))))


class LabError(Exception):
    """A reason to stop that the user can act on."""


def step(text):
    seconds = int(time.time()) - START
    print(f"[{seconds // 60:02d}:{seconds % 60:02d}] {text}", file=sys.stderr, flush=True)


def run(command, why, **options):
    """Run a command; its output appears only if it fails."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if result.returncode:
        tail = "\n".join(result.stdout.splitlines()[-20:])
        raise LabError(f"{why}: {' '.join(map(str, command))} failed with {result.returncode}:\n{tail}")
    return result.stdout
