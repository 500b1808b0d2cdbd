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
    if fake:
        sources[sources.index("vfio-device.c")] = "selftest/fake-device.c"
    subprocess.run(["gcc", *CFLAGS, *flags, "-o", output, *sources], cwd=TOOLS, check=True)


def run(program, *arguments, text="", **fake):
    """With keywords for the fake devices."""
    environment = {**os.environ, **{f"FAKE_{name.upper()}": str(value) for name, value in fake.items()}}
    return subprocess.run([program, *arguments], input=text, capture_output=True, text=True, timeout=60, check=False,
                          env=environment)


def check_all(name, module, program, sanitizer):
    """All checks of a module; how many failed."""
    failures = 0
    for function, check in sorted(vars(module).items()):
        if not function.startswith("check_"):
            continue
        result = f"host.{name}.{function.removeprefix('check_').replace('_', '-')}.{sanitizer.split(',')[0]}"
        try:
            check(program)
            print(f"ok {result}", flush=True)
        except (AssertionError, ValueError, subprocess.SubprocessError) as error:
            print(f"# {error!r}\nnot ok {result} # {type(error).__name__}", flush=True)
            failures += 1
    return failures
