# SPDX-License-Identifier: GPL-2.0-only
"""Roots: other Debian systems whose programs run in a host VM, each a disk of it. Data in roots/*.toml."""
import subprocess
import tomllib
from pathlib import Path

from . import cache
from .progress import LabError, run, step

MODULES = ("virtio_blk", "ext4")     # what the host VM needs for such a disk
# ext4 asks for it by an alias; newer kernels have no such module any more.
MODULES_IF_ANY = ("crc32c_generic",)
SERIAL_LENGTH = 20                   # of a virtio disk; scenarios find a root by it


def load(name):
    path = cache.LAB / "roots" / f"{name}.toml"
    if not path.exists() or len(name) > SERIAL_LENGTH:
        raise LabError(f"no scripts/lab/roots/{name}.toml, or a name of more than {SERIAL_LENGTH} characters")
    with open(path, "rb") as file:
        return tomllib.load(file)


def directory(name):
    """The unpacked system, from scripts/setup/root."""
    data = load(name)
    command = [cache.TREE / "scripts/setup/root", data["suite"], *data["packages"]]
    built = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if built.returncode:
        raise LabError(f"scripts/setup/root failed for {name}: see its messages above")
    return Path(built.stdout.strip().splitlines()[-1])


def fill(system, work):
    used = int(run(["du", "-sm", "--apparent-size", system], f"measuring {system}").split()[0])
    disk = work / "disk"
    # Room for block rounding and for what the programs write; the file is sparse.
    run(["truncate", "-s", f"{used * 3 // 2 + 128}M", disk], "making a disk")
    run(["mkfs.ext4", "-q", "-O", "^has_journal", "-d", system, disk], f"filling a disk from {system}")


def disk(name):
    """Path of the disk's image."""
    step(f"root {name} (made now if it is not in the cache)")
    system = directory(name)
    digest = cache.key(Path(__file__), system.parent.name)
    return cache.entry(f"disk-{name}", digest, lambda work: fill(system, work)) / "disk"
