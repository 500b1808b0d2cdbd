# SPDX-License-Identifier: GPL-2.0-only
"""A disk that the firmware of a PC boots Linux from: Debian's SYSLINUX, and the files other firmware looks for."""
import shutil
import struct
import tempfile
import zlib
from pathlib import Path

from . import boot
from .progress import LabError, run

SYSLINUX = Path("/usr/lib/syslinux")
MEBIBYTE = 1 << 20
TABLE = 446             # where the partitions stand in the boot sector
START = 1               # MiB before the partition
SIZE = 40               # MiB of it
SECTORS = str(START * MEBIBYTE // 512)

# What tells each loader to load Linux. The words of WITH_MSIX and WITHOUT_MSIX are equally long: a scenario may put one
# in the other's place on the disk.
WITH_MSIX, WITHOUT_MSIX = "lab.msi=1", "pci=nomsi"
SYSLINUX_MENU = f"""DEFAULT linux
LABEL linux
  KERNEL /linux.efi
  INITRD /initramfs
  APPEND {{arguments}} {WITH_MSIX}
"""
UEFI_SCRIPT = "linux.efi initrd=\\initramfs {arguments}\n"
# Not a menu as SYSLINUX's, which U-Boot has, too: it hands on a wrong size of the initramfs then. And where it would
# put that by itself, a kernel of today unpacks itself.
U_BOOT_SCRIPT = """load virtio 0:1 8000000 /initramfs
setenv size ${{filesize}}
load virtio 0:1 ${{kernel_addr_r}} /linux.efi
setenv bootargs {arguments}
zboot ${{kernel_addr_r}} 0 8000000 ${{size}}
"""
IMAGE = struct.Struct(">7I4B32s")   # U-Boot's header of what it loads
IMAGE_MAGIC = 0x27051956
IMAGE_SCRIPT = 6


def u_boot_image(script):
    """A script in the form in which U-Boot takes one: header, length, an end of lengths, text."""
    data = struct.pack(">II", len(script), 0) + script

    def header(checksum):
        return IMAGE.pack(IMAGE_MAGIC, checksum, 0, len(data), 0, 0, zlib.crc32(data), 0, 0, IMAGE_SCRIPT, 0, b"")
    return header(zlib.crc32(header(0))) + data


def filled(template, loader):
    return template.format(arguments=boot.arguments(loader)).encode()


def write_files(work):
    """Put there what goes on the disk."""
    (work / "initramfs").write_bytes(boot.initramfs())
    shutil.copy(boot.kernel(), work / "linux.efi")
    (work / "syslinux.cfg").write_bytes(filled(SYSLINUX_MENU, "syslinux"))
    (work / "startup.nsh").write_bytes(filled(UEFI_SCRIPT, "uefi"))
    (work / "boot.scr").write_bytes(u_boot_image(filled(U_BOOT_SCRIPT, "u-boot")))


def boot_sector():
    """SYSLINUX's, with one active FAT partition in its table."""
    loader = (SYSLINUX / "mbr/mbr.bin").read_bytes()
    if len(loader) > TABLE:
        raise LabError("SYSLINUX's boot sector is too long")
    no_cylinders = b"\xfe\xff\xff"
    entry = struct.pack("<B3sB3sII", 0x80, no_cylinders, 0xe, no_cylinders, START * MEBIBYTE // 512, SIZE * MEBIBYTE // 512)
    return loader.ljust(TABLE, b"\0") + entry.ljust(64, b"\0") + b"\x55\xaa"


def make(work):
    disk, partition = work / "disk", f"{work}/disk@@{START}M"
    with open(disk, "wb") as file:
        file.write(boot_sector())
        file.truncate((START + SIZE) * MEBIBYTE)
    run(["mkfs.vfat", "-F", "16", "-h", SECTORS, "--offset", SECTORS, disk, str(SIZE * 1024)], "making a file system")
    (work / "files").mkdir()
    write_files(work / "files")
    run(["mcopy", "-i", partition, *sorted((work / "files").iterdir()), "::/"], "filling a disk")
    run(["syslinux", "--install", "--offset", str(START * MEBIBYTE), disk], "making a disk bootable")
    return disk


def fill(group, work):
    """Write it to the first VF's disk of each PF that asks for it with disk = "bootable"."""
    for pf in group.pfs:
        if pf.get("disk") == "bootable":
            with tempfile.TemporaryDirectory() as folder, open(work / f"{pf['name']}n1.disk", "r+b") as target:
                target.write(make(Path(folder)).read_bytes())
