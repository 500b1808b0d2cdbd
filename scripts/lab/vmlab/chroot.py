# SPDX-License-Identifier: GPL-2.0-only
"""Root directories of another Debian release, for kernels whose build tools do not run on this one."""
import os
import shutil
import subprocess
from pathlib import Path

from . import cache
from .progress import LabError, run

PLACE = "srv"           # where trees to be built stand in such a root

# In a mount namespace of its own: objtool reads the stack's limit from /proc.
ENTER = 'mount -t proc proc "$1/proc" && exec chroot "$@"'


def tools(suite, packages):
    """A cached root with these packages."""
    made = subprocess.run([cache.TREE / "scripts/setup/root", suite, *packages], stdout=subprocess.PIPE, text=True,
                          check=False)
    if made.returncode:
        raise LabError("scripts/setup/root failed: see its messages above")
    return Path(made.stdout.strip().splitlines()[-1])


def joined(name, base, usr):
    """This tree's own root: base with more below /usr. The files are links, so that what is cached stays as it is."""
    root = cache.BUILD / f"root-{name}"
    made_of = root.with_suffix(".layers")
    text = f"{base}\n{usr}\n"
    if made_of.exists() and made_of.read_text(encoding="utf-8") == text:
        return root
    made_of.unlink(missing_ok=True)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    link = ["-l"] if os.stat(base).st_dev == os.stat(root).st_dev else []
    run(["cp", "-a", *link, f"{base}/.", root], "copying a root directory")
    run(["cp", "-a", *link, f"{usr}/.", root / "usr"], "copying a kernel's headers")
    made_of.write_text(text, encoding="utf-8")
    return root


def command(root, words):
    """The command as it is run inside."""
    return ["unshare", "--mount", "sh", "-ec", ENTER, "enter", str(root), *map(str, words)]
