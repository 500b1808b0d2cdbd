# SPDX-License-Identifier: GPL-2.0-only
"""External modules a host VM loads: ours from the tree, and the kernel's own variant driver as the peer."""
import fcntl
import os
import shutil
from pathlib import Path

from . import cache
from .progress import LabError, run, step

OURS = ("virtio_owner", "virtio_legacy_vfio_pci")
SOURCE = Path("/usr/src/linux-source-6.12.tar.xz")
SAMPLES = "scripts/lab/tools/kunit-samples"
# Drivers of neighbors that a group can ask for, each a module in a folder of its name.
TOOLS = {"reset_voter": "scripts/lab/tools/reset-voter"}
PEER = "drivers/vfio/pci/virtio"


def jobs():
    return f"-j{os.cpu_count() or 2}"


def build_peer(kernel, work):
    if not SOURCE.exists():
        raise LabError(f"{SOURCE} is missing: apt-get install linux-source-6.12 (or run scripts/setup/install)")
    step("building the kernel's own virtio_vfio_pci for Debian's kernel")
    run(["tar", "-xJf", SOURCE, "-C", work, "--strip-components=1", f"linux-source-6.12/{PEER}"], "unpacking")
    source = work / PEER
    run(["make", jobs(), "-C", kernel.build, f"M={source}", "CONFIG_VIRTIO_VFIO_PCI=m", "modules"], "building the peer")
    (source / "virtio-vfio-pci.ko").rename(work / "virtio-vfio-pci.ko")
    shutil.rmtree(work / "drivers")


def peer(kernel):
    """Path of virtio-vfio-pci.ko, or None if the kernel has the module itself or cannot have it."""
    if kernel.peer != "source":
        return None
    digest = cache.key("1", kernel.release, SOURCE.stat().st_size if SOURCE.exists() else 0)
    return cache.entry("peer-variant", digest, lambda work: build_peer(kernel, work)) / "virtio-vfio-pci.ko"


def built_files(directory):
    return [Path(directory) / f"{name}.ko" for name in OURS if (Path(directory) / f"{name}.ko").exists()]


def ours(kernel):
    """Our modules for this kernel, built in the tree, or for other kernels than the default one in a copy of it.

    VLV_MODULES names a folder that has those for the default kernel already.
    """
    cache.BUILD.mkdir(parents=True, exist_ok=True)
    with open(cache.BUILD / f".modules-{kernel.name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)    # of two groups with this kernel
        return build_ours(kernel)


def kunit(kernel):
    """The modules with KUnit suites: ours, and samples that fail."""
    ours(kernel)
    copy = kernel.place()
    samples = copy / SAMPLES
    build(kernel, samples, "CONFIG_VIRTIO_LEGACY_KUNIT=m")
    return [copy / "virtio_legacy_kunit.ko", samples / "sample_kunit.ko"]


def tools(kernel, names):
    """The modules of TOOLS with these names, for a kernel that is not the default one."""
    found = []
    for name in names:
        ours(kernel)
        folder = kernel.place() / TOOLS[name]
        build(kernel, folder, "W=1")
        found.append(folder / f"{name}.ko")
    return found


def build_ours(kernel):
    if kernel.name == "debian" and len(built := built_files(os.environ.get("VLV_MODULES", "/"))) == len(OURS):
        return built
    if kernel.name == "debian":
        run(["make", jobs(), "-C", cache.TREE, "modules"], "building our modules")
        files = built_files(cache.TREE)
        if len(files) != len(OURS):
            raise LabError("make has left no modules in the tree")
        return files
    step(f"building our modules for {kernel.release}")
    copy = copy_tree(kernel)
    # With the flags of scripts/check/kernels, and with the suites where they run: another stage need not build again.
    # A warning ends the build of the suites, for example one of a large frame: nothing else in make check compiles them
    # with a kernel's flags.
    build(kernel, copy, "W=1", *(["CONFIG_VIRTIO_LEGACY_KUNIT=m", "KCFLAGS=-Werror"] if kernel.name == "test" else []))
    return built_files(copy)


def copy_tree(kernel):
    copy = kernel.place()
    copy.mkdir(parents=True, exist_ok=True)
    parts = [name for name in ("Makefile", "Kbuild", "drivers", "include", "kunit", "scripts/lab/traces", SAMPLES, *TOOLS.values())
             if (cache.TREE / name).exists()]
    # What a build made stays out of the copy, and what the copy's build made stays in it.
    made = [f"--exclude={pattern}" for pattern in ("*.o", "*.s", "*.ko", "*.cmd", "*.d", "*.mod", "*.mod.c")]
    run(["rsync", "-aR", "--delete", *made, *parts, f"{copy}/"], "copying the tree", cwd=cache.TREE)
    return copy


def clean(kernel, copy):
    run(kernel.make(copy, "clean"), "cleaning")


def build(kernel, copy, *arguments):
    """Build the modules of a copied tree; what make said is returned."""
    return run(kernel.make(copy, jobs(), *arguments, "modules"), f"building our modules for {kernel.release}")
