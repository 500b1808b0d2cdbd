# SPDX-License-Identifier: GPL-2.0-only
"""What firmware boots in a guest: the same Linux that QEMU would have put into its memory."""
from . import images

KERNEL = "debian"
# Initial calls of Debian's kernels that test cryptography, read certificates or register BPF types: half of a nested
# boot, and nothing that virtio, PCI or VFIO uses. A kernel without one of them says nothing.
SKIPPED = ("crypto_algapi_init", "crypto_kdf108_init", "jent_mod_init", "init_encrypted", "load_system_certificate_list",
           "bpf_dummy_struct_ops_init", "bpf_tcp_ca_kfunc_init", "bpf_prog_test_run_init", "trace_eval_init")
QUICK = f"initcall_blacklist={','.join(SKIPPED)} cryptomgr.notests"
ARGUMENTS = f"console=ttyS0 quiet loglevel=5 panic=1 mitigations=off no_timer_check {QUICK}"


def kernel():
    return images.guest_image(KERNEL)[0] / "vmlinuz"


def initramfs():
    parts, scripts = images.guest_image(KERNEL)
    return (parts / "guest.cpio").read_bytes() + scripts


def arguments(loader):
    """The kernel's, by which a scenario knows who loaded it."""
    return f"{ARGUMENTS} lab.loader={loader}"
