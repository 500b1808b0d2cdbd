# SPDX-License-Identifier: GPL-2.0-only
"""Builds the initramfs of the host VM (with Debian's QEMU in it) and of the guests (which travel inside it)."""
import io
import re
import subprocess
import tempfile
from pathlib import Path

from . import cache, kernels, modules, roots
from .cpio import Archive
from .progress import LabError, run

HOST_PROGRAMS = ("/usr/bin/qemu-system-x86_64", "/usr/bin/chrt", "/usr/bin/lspci", "/usr/bin/setpci", "/bin/kmod")
GUEST_PROGRAMS = ("/usr/bin/lspci",)
# A guest of our own.
TINY = cache.LAB / "tiny"
# Programs of our own, made from a source file of their name and these.
TOOLS = cache.LAB / "tools"
HOST_TOOLS = {
    "await": (),
    "code-writer": (),
    "crash-kernel": (),
    "vfio-command": ("vfio-device.c",),
    "vfio-interrupt": ("legacy-client.c", "trace.c", "samples.c", "vfio-device.c"),
    "vfio-kick": ("vfio-device.c",),
    "vfio-poke": ("poke-doorbell.c", "poke-intx.c", "poke-ring.c", "vfio-device.c"),
    "vfio-same": ("random-life.c", "register-widths.c", "pair.c", "pair-identity.c", "pair-request.c", "legacy-client.c", "trace.c", "vfio-device.c"),
    "vfio-storm": ("storm-options.c", "legacy-client.c", "trace.c", "samples.c", "vfio-device.c"),
}
FIRMWARE = {"/usr/share/seabios": ("bios-256k.bin",), "/usr/share/qemu": ("kvmvapic.bin", "linuxboot_dma.bin", "multiboot_dma.bin", "pvh.bin")}
HOST_MODULES = ("kvm-amd", "vfio-pci", "vfio_iommu_type1", "virtio_net")
# The former leaves VFs behind when it is unbound from their PF.
HOST_MODULES_IF_ANY = ("pci-pf-stub", "virtio_blk", "virtio_console", "virtio-rng", "virtio_balloon", "virtio_scsi",
                       "9pnet_virtio")
GUEST_MODULES = ("virtio_pci", "virtio_net", "virtio_blk", "virtio_console", "virtio-rng", "virtio_balloon", "virtio_scsi",
                 "sd_mod", "9pnet_virtio", "9p", "ext4", "uio_pci_generic")
# What ext4 asks for by an alias; newer kernels have no such module any more.
GUEST_MODULES_IF_ANY = ("crc32c_generic",)
PACKAGES = ("qemu-system-x86", "seabios", "qemu-system-data", "pciutils", "pci.ids", "busybox-static", "kmod", "libc6")


def libraries(program):
    """Absolute paths of the shared libraries of a program, the loader included."""
    output = run(["ldd", program], "finding libraries")
    return sorted(set(re.findall(r"(/\S+) \(0x", output)))


def pci_names():
    """The part of pci.ids the lab shows: vendor 1af4 and the device classes. A guest takes long to read more."""
    keep, lines = False, []
    for line in Path("/usr/share/misc/pci.ids").read_text(encoding="utf-8", errors="replace").splitlines():
        if line and line[0] not in "\t#":
            keep = line.startswith(("1af4", "C "))
        if keep and not line.startswith("#"):
            lines.append(line)
    return ("\n".join(lines) + "\n").encode()


def add_programs(archive, programs):
    files = set()
    for program in programs:
        if not Path(program).exists():
            raise LabError(f"{program} is missing: run scripts/setup/install")
        archive.file(program, program)
        files.update(libraries(program))
    for path in sorted(files):
        archive.file(path, path)
    archive.file("bin/busybox", "/bin/busybox")
    for applet in run(["busybox", "--list"], "listing busybox").split():
        if applet not in ("lspci", "modprobe", "insmod", "rmmod", "depmod", "lsmod", "busybox"):
            archive.link(f"bin/{applet}", "busybox")
    archive.data("usr/share/misc/pci.ids", pci_names())
    archive.node("dev/console", 5, 1)
    for directory in ("proc", "sys", "run", "tmp", "sbin"):
        archive.directory(directory)


def write_archive(path, fill):
    with open(path, "wb") as output:
        archive = Archive(output)
        fill(archive)
        archive.close()


def versions():
    return subprocess.run(["dpkg-query", "-W", *PACKAGES], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, check=False).stdout


def sources():
    return [Path(__file__).with_name(name) for name in ("images.py", "kernels.py", "cpio.py")]


def module_tree(archive, kernel, names, external=()):
    """Modules of the kernel and external ones, with a modules.dep of their own so that modprobe works."""
    with tempfile.TemporaryDirectory() as work:
        target = Path(work) / "lib/modules" / kernel.release
        for name in kernel.closure(names):
            path = target / name.removesuffix(".xz")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(kernels.unpack_module(kernel.modules / name))
        (target / "updates").mkdir(parents=True, exist_ok=True)
        for path in external:
            (target / "updates" / path.name).write_bytes(path.read_bytes())
        for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
            if (kernel.modules / name).exists():
                (target / name).write_bytes((kernel.modules / name).read_bytes())
        run(["depmod", "-b", work, kernel.release], "listing modules of a virtual machine")
        archive.tree(work)


def available(kernel, names):
    return [name for name in names if list(kernel.modules.rglob(f"{name}.ko*"))]


def guest_parts(kernel, work):
    """Guest kernel and the slow-changing part of its initramfs."""
    def fill(archive):
        add_programs(archive, GUEST_PROGRAMS)
        for applet in ("modprobe", "rmmod", "lsmod"):
            archive.link(f"bin/{applet}", "busybox")
        archive.link("sbin/modprobe", "../bin/busybox")
        if kernel.modules:
            module_tree(archive, kernel, [*GUEST_MODULES, *available(kernel, GUEST_MODULES_IF_ANY)])
    if kernel.image.name != "vmlinux":
        (work / "vmlinuz").write_bytes(kernel.image.read_bytes())
    (work / "vmlinux").write_bytes(kernels.uncompressed(kernel.image))
    write_archive(work / "guest.cpio", fill)


def tool_sources():
    return sorted([*TOOLS.glob("*.[ch]"), *TINY.iterdir()])


def build_tool(name, output):
    run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-pthread", "-o", output,
         *(TOOLS / source for source in (f"{name}.c", *HOST_TOOLS[name]))], f"building {name}")


def host_base(work):
    for name in HOST_TOOLS:
        build_tool(name, work / name)
    run(["make", "-s", "-C", TINY, f"OUTPUT={work}/tiny"], "building the old guest")

    def fill(archive):
        add_programs(archive, HOST_PROGRAMS)
        for name in HOST_TOOLS:
            archive.file(f"bin/{name}", work / name)
        archive.file("lab/tiny.elf", work / "tiny/tiny.elf")
        for applet in ("modprobe", "insmod", "rmmod", "lsmod", "depmod"):
            archive.link(f"bin/{applet}", "kmod")
        archive.link("sbin/modprobe", "../bin/kmod")
        for directory, names in FIRMWARE.items():
            for name in names:
                archive.file(f"usr/share/qemu/{name}", f"{directory}/{name}")
    write_archive(work / "base.cpio", fill)


def host_modules(archive, kernel, group):
    peer = modules.peer(kernel) if group.peer else None
    names = [*HOST_MODULES, *(["kunit"] if group.kunit else []), *available(kernel, [*HOST_MODULES_IF_ANY, *(roots.MODULES_IF_ANY if group.roots else [])]),
             *(["virtio-vfio-pci"] if kernel.peer == "module" else []), *(roots.MODULES if group.roots else [])]
    module_tree(archive, kernel, names, [*(modules.ours(kernel) if group.our_modules else []), *([peer] if peer else []),
                                         *(modules.kunit(kernel) if group.kunit else []), *modules.tools(kernel, group.tools)])


def guest_image(name):
    kernel = kernels.get(name)
    digest = cache.key(*sources(), versions(), kernel.release)
    base = cache.entry(f"lab-guest-{name}", digest, lambda work: guest_parts(kernel, work))
    scripts = io.BytesIO()
    archive = Archive(scripts)
    archive.file("init", cache.LAB / "initramfs/guest-init")
    archive.file("etc/udhcpc.sh", cache.LAB / "initramfs/dhcp")
    archive.file("lib/transfer.sh", cache.LAB / "initramfs/lib/transfer.sh")
    archive.close()
    return base, scripts.getvalue()


def host_image(kernel, group, guest_kernels, output):
    """Write the host VM's whole initramfs: archives one after the other, which the kernel unpacks in turn."""
    base = cache.entry("lab-host", cache.key(*sources(), *tool_sources(), versions()), host_base)
    guests = {name: guest_image(name) for name in guest_kernels}

    def fill(archive):
        host_modules(archive, kernel, group)
        archive.file("init", cache.LAB / "initramfs/host-init")
        archive.tree(cache.LAB / "initramfs/lib", "lab/lib")
        archive.file("etc/udhcpc.sh", cache.LAB / "initramfs/dhcp")
        archive.tree(cache.LAB / "scenarios", "lab/scenarios")
        archive.tree(cache.LAB / "guests", "lab/guests")
        archive.tree(cache.LAB / "golden", "lab/golden")
        archive.tree(cache.LAB / "traces", "lab/traces")
        if group.crashes:
            archive.file("lab/kernel", kernel.image)
        for path in modules.ours(kernels.get(group.foreign)) if group.foreign else []:
            archive.file(f"lab/foreign/{path.name}", path)
        for guest, (parts, scripts) in guests.items():
            for image in sorted(parts.glob("vmlinu?")):
                archive.file(f"guest/{guest}/{image.name}", image)
            archive.data(f"guest/{guest}/initramfs", (parts / "guest.cpio").read_bytes() + scripts)
    write_archive(output, fill)
    with open(output, "ab") as out:
        out.write((base / "base.cpio").read_bytes())
