# SPDX-License-Identifier: GPL-2.0-only
"""The kernels a host VM or a guest can run: Debian's, the test kernel with its checkers, and a small one for guests."""
import functools
import lzma
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from . import cache, chroot
from .progress import LabError, run, step


class Debian(NamedTuple):
    """One of Debian 12's kernels; its headers are installed, its image is copied or fetched."""
    releases: str       # what the release must match; the newest is taken
    headers: str        # package that brings the newest headers


class Other(NamedTuple):
    """A kernel of another release; its modules are built in a root directory of that release."""
    releases: str
    suite: str          # where the kernel comes from
    base: str           # the release that suite belongs to
    tools: tuple        # what building needs there, the compiler first


TRIXIE_TOOLS = ("gcc-14", "g++-14", "make", "pahole", "perl", "kmod", "libelf1t64")

# Adding a kernel: Documentation/kernels.md.
DEBIAN = {
    "debian": Debian("*", "linux-headers-6.12-amd64"),
    "debian-6.1": Debian("6.1.*[0-9]-amd64", "linux-headers-amd64"),
    "debian13-6.12": Other("6.12.*", "trixie", "trixie", TRIXIE_TOOLS),
    "debian13-6.12-rt": Other("6.12.*-rt-amd64", "trixie", "trixie", TRIXIE_TOOLS),
    "debian13-7": Other("7.*", "trixie-backports", "trixie", TRIXIE_TOOLS),
    "debian13-7-rt": Other("7.*-rt-amd64", "trixie-backports", "trixie", TRIXIE_TOOLS),
}

# Built by scripts/kernels/build. The lab's selftest waits most of its time, so what it needs is built first: the
# test kernel, which takes longest, leaves the processors to the guest kernel and QEMU.
OWN = {"test": ("nice",), "guest": ()}


class Kernel:
    def __init__(self, name, release, image, modules, build, peer=None, root=None):
        self.name = name            # a key of DEBIAN, or one of OWN
        self.release = release
        self.image = image          # what QEMU boots
        self.modules = modules      # a lib/modules/<release> directory with modules.dep, or None: all is built in
        self.build = build          # where external modules are built against, or None
        self.peer = peer            # the kernel's own variant driver: "module", "source" (to be built), or None
        self.root = root            # the root directory its modules are built in, if not this machine's

    def place(self):
        """Where a copy of the tree stands that is built for this kernel."""
        return self.root / chroot.PLACE / "modules" if self.root else cache.BUILD / f"modules-{self.name}"

    def make(self, copy, *arguments):
        """A command that builds in such a copy."""
        if not self.root:
            return ["make", "-C", self.build, f"M={copy}", *arguments]
        build, tree = (f"/{path.relative_to(self.root)}" for path in (self.build, copy))
        return chroot.command(self.root, ["make", "-C", build, f"M={tree}", *arguments])

    def closure(self, names):
        """Files of the modules and of what they need, in loading order; built-in ones need none."""
        needs = {}
        for line in (self.modules / "modules.dep").read_text(encoding="utf-8").splitlines():
            path, _, rest = line.partition(":")
            needs[module_name(path)] = [path, *rest.split()]
        builtin = {module_name(line) for line in (self.modules / "modules.builtin").read_text(encoding="utf-8").split()}
        files = {}
        for name in names:
            if name.replace("-", "_") in needs:
                files.update(dict.fromkeys(reversed(needs[name.replace("-", "_")])))
            elif name.replace("-", "_") not in builtin:
                raise LabError(f"kernel {self.release} has no module {name}")
        return list(files)


def module_name(path):
    return re.sub(r"\.ko(\.xz|\.zst|\.gz)?$", "", os.path.basename(path)).replace("-", "_")


def unpack_module(path):
    """The plain bytes of a module file."""
    data = Path(path).read_bytes()
    return lzma.decompress(data) if str(path).endswith(".xz") else data


def uncompressed(image):
    """The ELF file inside a bzImage. Unpacking takes a nested guest longer than all the rest of its boot."""
    data = image.read_bytes()
    if data.startswith(b"\x7fELF"):
        return data
    start = (data[0x1f1] + 1) * 512 + int.from_bytes(data[0x248:0x24c], "little")
    payload = data[start:start + int.from_bytes(data[0x24c:0x250], "little")]
    if payload.startswith(b"\xfd7zXZ"):
        return lzma.LZMADecompressor().decompress(payload)
    if payload.startswith(b"\x28\xb5\x2f\xfd"):
        return subprocess.run(["zstd", "-dcq"], input=payload[:-4], stdout=subprocess.PIPE, check=True).stdout
    raise LabError(f"{image}: compressed in a way this script does not know")


def newest(releases):
    return sorted(releases, key=lambda text: [int(part) for part in re.findall(r"\d+", text)])[-1]


def headers(name):
    """Release and directory of the headers that a kernel of the table has: the newest, or for "debian" KDIR's."""
    if name == "debian" and os.environ.get("KDIR"):
        build = Path(os.environ["KDIR"])
        return (build / "include/config/kernel.release").read_text(encoding="utf-8").strip(), build
    found = [path.parent.parent.name for path in Path("/lib/modules").glob(f"{DEBIAN[name].releases}/build/Makefile")]
    if not found:
        raise LabError(f"no kernel headers: apt-get install {DEBIAN[name].headers} (or run scripts/setup/install)")
    release = newest(found)
    return release, Path(f"/lib/modules/{release}/build")


def copy_installed(release, directory):
    """The image that the headers' package brought along."""
    shutil.copytree(f"/lib/modules/{release}", directory / "lib/modules" / release, symlinks=True)
    (directory / "boot").mkdir()
    shutil.copy(f"/boot/vmlinuz-{release}", directory / "boot")


def fetch_image(release, headers_package, directory):
    """Debian's kernel image with its modules: a copy of the installed one, else the package, unpacked and not installed."""
    if Path(f"/boot/vmlinuz-{release}").exists() and Path(f"/lib/modules/{release}/modules.builtin").exists():
        copy_installed(release, directory)
    else:
        download_image(release, headers_package, directory)
    shutil.rmtree(directory / "usr/share", ignore_errors=True)
    if not (directory / "lib/modules").exists():
        (directory / "lib").mkdir(exist_ok=True)
        (directory / "usr/lib/modules").rename(directory / "lib/modules")
    run(["depmod", "-b", directory, release], "listing the modules")


def download_image(release, headers_package, directory):
    package = f"linux-image-{release}"
    try:
        run(["apt-get", "download", package], f"downloading {package}", cwd=directory)
    except LabError:
        raise LabError(f"{package} can not be downloaded: run apt-get update, and if the archive has a newer "
                       f"kernel, install its {headers_package} and build again") from None
    for deb in directory.glob("*.deb"):
        run(["dpkg", "-x", deb, directory], f"unpacking {deb.name}")
        deb.unlink()


def debian(name):
    release, build = headers(name)
    step(f"kernel {name}: {release}")
    # The entry of "debian" has a name of its own, so that the others do not replace it.
    entry = f"{name}-kernel"
    unpacked = cache.entry(entry, cache.key("2", release), lambda work: fetch_image(release, DEBIAN[name].headers, work))
    peer = "source" if release.startswith("6.12.") else None
    return Kernel(name, release, unpacked / "boot" / f"vmlinuz-{release}", unpacked / "lib/modules" / release, build, peer)


def fetch_other(spec, directory):
    step(f"fetching the newest {spec.releases} of {spec.suite}")
    fetched = subprocess.run([cache.TREE / "scripts/setup/kernel", spec.suite, spec.releases, directory], check=False)
    if fetched.returncode:
        raise LabError("scripts/setup/kernel failed: see its messages above")


def other(name, spec):
    script = cache.TREE / "scripts/setup/kernel"
    files = cache.entry(f"{name}-kernel", cache.key(script, *spec), lambda work: fetch_other(spec, work))
    release = (files / "release").read_text(encoding="utf-8").strip()
    step(f"kernel {name}: {release}")
    root = chroot.joined(name, chroot.tools(spec.base, spec.tools), files / "usr")
    return Kernel(name, release, files / "boot" / f"vmlinuz-{release}", files / "lib/modules" / release,
                  root / "usr/src" / f"linux-headers-{release}", root=root)


def own(name):
    step(f"kernel {name}: our own (built now if it is not in the cache)")
    built = subprocess.run([*OWN[name], cache.TREE / "scripts/kernels/build", name], stdout=subprocess.PIPE, text=True, check=False)
    if built.returncode:
        raise LabError("scripts/kernels/build failed: see its messages above")
    root = Path(built.stdout.strip().splitlines()[-1])
    release = (root / "release").read_text(encoding="utf-8").strip()
    modules = root / "modules/lib/modules" / release
    if not modules.exists():
        return Kernel(name, release, root / "vmlinux", None, None)
    return Kernel(name, release, root / "vmlinux", modules, root / "build", "module")


@functools.cache
def get(name):
    if name in OWN:
        return own(name)
    if name not in DEBIAN:
        raise LabError(f"no kernel {name}; there are: {', '.join([*DEBIAN, *OWN])}")
    spec = DEBIAN[name]
    return debian(name) if isinstance(spec, Debian) else other(name, spec)
