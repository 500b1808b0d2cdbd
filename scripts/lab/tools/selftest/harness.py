# SPDX-License-Identifier: GPL-2.0-only
"""Building the lab's VFIO tools, and running them on devices of plain memory."""
import os
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1]
TRACES = TOOLS.parent / "traces"
sys.path.insert(0, str(TOOLS.parent))

from vmlab.images import HOST_TOOLS  # noqa: E402

CFLAGS = ["-Wall", "-Wextra", "-Werror", "-pthread"]


def compile_tool(output, name, *flags, fake=False):
    sources = [f"{name}.c", *HOST_TOOLS[name]]
    if fake and "vfio-device.c" in sources:
        sources[sources.index("vfio-device.c")] = "selftest/fake-device.c"
    subprocess.run(["gcc", *CFLAGS, *flags, "-o", output, *sources], cwd=TOOLS, check=True)


def run(program, *arguments, text="", **fake):
    """With keywords for the fake devices."""
    # ThreadSanitizer sleeps at exit, by default for 1 s, to catch threads that go on. An access takes 1 ms at most.
    environment = {"TSAN_OPTIONS": "atexit_sleep_ms=100", **os.environ,
                   **{f"FAKE_{name.upper()}": str(value) for name, value in fake.items()}}
    return subprocess.run([program, *arguments], input=text, capture_output=True, text=True, timeout=60, check=False,
                          env=environment)


def result_of(name, check, program, sanitizer):
    """The lines of one check, and whether it failed."""
    result = f"host.{name}.{check.__name__.removeprefix('check_').replace('_', '-')}.{sanitizer.split(',')[0]}"
    try:
        check(program)
        return f"ok {result}", 0
    except (AssertionError, ValueError, subprocess.SubprocessError) as error:
        return f"# {error!r}\nnot ok {result} # {type(error).__name__}", 1


def check_all(name, module, program, sanitizer, pool):
    """Starts all checks of a module; returns their futures in order."""
    checks = [check for function, check in sorted(vars(module).items()) if function.startswith("check_")]
    return [pool.submit(result_of, name, check, program, sanitizer) for check in checks]
