# SPDX-License-Identifier: GPL-2.0-only
"""Content-addressed cache entries, the same layout as scripts/lib/cache.sh."""
import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

TREE = Path(__file__).resolve().parents[3]
LAB = TREE / "scripts" / "lab"
BUILD = TREE / "build" / "lab"

sys.path.insert(0, str(TREE / "scripts" / "lib"))

import journal  # noqa: E402


# Longer than any run lasts. An entry's time stamp is that of its last use, maybe by a run in another tree.
UNUSED_S = 240 * 60


def root():
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "virtio-legacy-vfio"
    path = Path(os.environ.get("VLV_CACHE") or default)
    path.mkdir(parents=True, exist_ok=True)
    return path


def key(*parts):
    """Sixteen hex digits over texts and the content of files (Path arguments)."""
    total = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else str(part).encode()
        total.update(len(data).to_bytes(8, "little") + data)
    return total.hexdigest()[:16]


def is_unused(path):
    with contextlib.suppress(FileNotFoundError):
        return time.time() - path.stat().st_mtime > UNUSED_S
    return False


def entry(name, digest, build):
    """The path of a cache entry; build(directory) fills it if it is missing."""
    path = root() / f"{name}-{digest}"
    if path.is_dir():
        os.utime(path)
        return path
    with open(root() / f".{name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.is_dir():
            return path
        work = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=root()))
        began = time.monotonic()
        try:
            build(work)
            work.chmod(0o755)
            work.rename(path)
            journal.write("build", name=name, seconds=round(time.monotonic() - began, 3))
        finally:
            shutil.rmtree(work, ignore_errors=True)
        for old in root().glob(f"{name}-" + "[0-9a-f]" * 16):
            if old != path and is_unused(old):
                shutil.rmtree(old, ignore_errors=True)
    return path
