# SPDX-License-Identifier: GPL-2.0-only
"""What is at the other end of a member's network: [[pf]] network = "user", "boot" or "wire"."""
import gzip
import shutil

from . import boot
from .progress import LabError

# For iPXE; names are relative to the script's own address.
SCRIPT = """#!ipxe
kernel vmlinuz {arguments}
initrd initramfs
boot
"""


def netdev(kind, name, work):
    """QEMU's back end."""
    if kind == "user":      # DHCP, and the runner's server at 10.0.2.2
        return f"user,id={name}"
    if kind == "boot":      # the same, with something to boot
        return f"user,id={name},tftp={work}/boot,bootfile=boot.ipxe"
    if kind == "wire":      # nothing but frames, see wire.py
        return f"dgram,id={name},local.type=unix,local.path={work}/{name},remote.type=unix,remote.path={work}/{name}.peer"
    raise LabError(f"no such network: {kind}")


def fill_boot_folder(group, work):
    """What networks of kind "boot" serve by TFTP."""
    if "boot" not in [pf.get("network") for pf in group.pfs]:
        return
    folder = work / "boot"
    folder.mkdir()
    (folder / "boot.ipxe").write_text(SCRIPT.format(arguments=boot.arguments("ipxe")), encoding="utf-8")
    shutil.copy(boot.kernel(), folder / "vmlinuz")
    # Compressed, because TFTP moves one block after the other.
    (folder / "initramfs").write_bytes(gzip.compress(boot.initramfs(), 1))
