# SPDX-License-Identifier: GPL-2.0-only
"""Checks of await."""
import subprocess
import sys

import harness

# The first thread ends at once, another one later.
THREADS = """
import ctypes, sys, threading, time
threading.Thread(target=time.sleep, args=(float(sys.argv[1]),)).start()
ctypes.CDLL(None).pthread_exit(0)
"""


def awaited(program, seconds, process):
    return harness.run(program, str(seconds), "--process", str(process.pid)).returncode


def check_last_thread(program):
    """A process has ended when its last thread has."""
    process = subprocess.Popen([sys.executable, "-c", THREADS, "4"])
    assert awaited(program, 2, process) == 1
    assert awaited(program, 30, process) == 2
    process.wait()
    assert awaited(program, 2, process) == 2
