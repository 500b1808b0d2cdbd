# SPDX-License-Identifier: GPL-2.0-only
"""What firmware boots in a guest: the same Linux that QEMU would have put into its memory."""
from . import images

KERNEL = "debian"
ARGUMENTS = "console=ttyS0 quiet loglevel=5 panic=1 mitigations=off no_timer_check"


def kernel():
    return images.guest_image(KERNEL)[0] / "vmlinuz"


def initramfs():
    parts, scripts = images.guest_image(KERNEL)
    return (parts / "guest.cpio").read_bytes() + scripts


def arguments(loader):
    """The kernel's, by which a scenario knows who loaded it."""
    return f"{ARGUMENTS} lab.loader={loader}"
