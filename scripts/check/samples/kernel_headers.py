# SPDX-License-Identifier: GPL-2.0-only
"""Samples of kernels' headers: what each kernel declares of all that Kbuild and drivers/kernel/compat_*.h ask for."""
import os
from typing import NamedTuple


class Sample(NamedTuple):
    operations: tuple       # optional members of struct vfio_device_ops, each a key of OPERATIONS
    mapping: str            # a key of MAPPINGS
    client: bool            # whether virtio_pci_admin.h is there
    counted: bool = False   # eventfd_signal() takes a count
    irq_type: bool = True   # vfio-pci-core has the kind of interrupt where it is known
    virqfd: bool = True     # VFIO has its listeners


PHYSICAL = ("bind_iommufd", "unbind_iommufd", "attach_ioas")
DETACHED = (*PHYSICAL, "detach_ioas")
# Member, its parameters after the device, and the function of the kernel that is to be its value.
OPERATIONS = {
    "bind_iommufd": ("int", "struct iommufd_ctx *ictx, u32 *id", "vfio_iommufd_physical_bind"),
    "unbind_iommufd": ("void", "", "vfio_iommufd_physical_unbind"),
    "attach_ioas": ("int", "u32 *id", "vfio_iommufd_physical_attach_ioas"),
    "detach_ioas": ("void", "", "vfio_iommufd_physical_detach_ioas"),
    "match_token_uuid": ("int", "const uuid_t *uuid", "vfio_pci_core_match_token_uuid"),
    "get_region_info_caps": ("int", "struct vfio_region_info *info, struct vfio_info_cap *caps",
                             "vfio_pci_ioctl_get_region_info"),
}
# What maps a BAR, and its declaration where it is VFIO's.
MAPPINGS = {
    "pci_iomap": "",
    "vfio_pci_core_setup_barmap": "int vfio_pci_core_setup_barmap(struct vfio_pci_core_device *vdev, int bar);",
    "vfio_pci_core_get_iomap": "void __iomem *vfio_pci_core_get_iomap(struct vfio_pci_core_device *vdev, int bar);",
}
KERNELS = {
    "6.1": Sample((), "pci_iomap", False, counted=True),
    "6.2-to-6.5": Sample(PHYSICAL, "pci_iomap", False, counted=True),
    # A 6.5 of a distribution, too.
    "6.6": Sample(DETACHED, "pci_iomap", False, counted=True),
    "6.8": Sample(DETACHED, "vfio_pci_core_setup_barmap", True),
    # Between 6.12 and 7.3 these came one after the other.
    "token": Sample((*DETACHED, "match_token_uuid"), "vfio_pci_core_setup_barmap", True),
    "region-info": Sample((*DETACHED, "match_token_uuid", "get_region_info_caps"), "vfio_pci_core_setup_barmap", True),
    "7.3": Sample((*DETACHED, "match_token_uuid", "get_region_info_caps"), "vfio_pci_core_get_iomap", True),
    # Kernels to come, on which the driver has no INTx.
    "irq-type-moved": Sample(DETACHED, "pci_iomap", False, irq_type=False),
    "listeners-moved": Sample(DETACHED, "pci_iomap", False, virqfd=False),
}

ERR = """static inline int IS_ERR(const void *pointer) { return !pointer; }
#define EOPNOTSUPP 95
#define ENOTTY 25
"""
PCI = """#include <stdbool.h>
#include <stddef.h>
#define __iomem
#define __force
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef struct { u8 bytes[16]; } uuid_t;
#define READ_ONCE(x) (x)
struct pci_dev { unsigned int msix_enabled:1; };
int pci_request_selected_regions(struct pci_dev *pdev, int bars, const char *name);
void pci_release_selected_regions(struct pci_dev *pdev, int bars);
void __iomem *pci_iomap(struct pci_dev *pdev, int bar, unsigned long most);
"""
VFIO = """#include <linux/pci.h>
struct iommufd_ctx;
struct vfio_region_info;
struct vfio_info_cap;
struct vfio_device;
%s
struct vfio_device_ops {
	char *name;
%s
};
#define vfio_alloc_device(dev_struct, member, dev, ops) NULL
enum { VFIO_PCI_MSIX_IRQ_INDEX = 2, VFIO_PCI_NUM_IRQS = 5 };
struct virqfd;
%s
"""
LISTENERS = """int vfio_virqfd_enable(void *opaque, int (*handler)(void *, void *), void (*thread)(void *, void *), void *data,
		       struct virqfd **pvirqfd, int fd);
void vfio_virqfd_disable(struct virqfd **pvirqfd);
void vfio_virqfd_flush_thread(struct virqfd **pvirqfd);"""
EVENTFD = """#include <linux/pci.h>
struct eventfd_ctx;
typedef unsigned long long __u64;
%s
"""
CORE = """#include <linux/vfio.h>
struct vfio_pci_core_device {
	struct pci_dev *pdev;
	void __iomem *barmap[6];
	%s
};
%s
"""
CLIENT = """#include <linux/pci.h>
bool virtio_pci_admin_has_legacy_io(struct pci_dev *pdev);
"""


def vfio(sample):
    functions, members = [], []
    for name in sample.operations:
        kind, parameters, function = OPERATIONS[name]
        arguments = ", ".join(filter(None, ["struct vfio_device *vdev", parameters]))
        functions.append(f"{kind} {function}({arguments});")
        members.append(f"\t{kind} (*{name})({arguments});")
    return VFIO % ("\n".join(functions), "\n".join(members), LISTENERS if sample.virqfd else "")


def core(sample):
    return CORE % ("int irq_type;" if sample.irq_type else "int irqs;", MAPPINGS[sample.mapping])


def eventfd(sample):
    return EVENTFD % ("__u64 eventfd_signal(struct eventfd_ctx *ctx, __u64 n);" if sample.counted else
                      "void eventfd_signal(struct eventfd_ctx *ctx);")


def write(folder, sample):
    """Makes include/linux in @folder."""
    place = os.path.join(folder, "include/linux")
    os.makedirs(place)
    files = {"err.h": ERR, "errno.h": ERR, "pci.h": PCI, "vfio.h": vfio(sample),
             "vfio_pci_core.h": core(sample), "eventfd.h": eventfd(sample)}
    if sample.client:
        files["virtio_pci_admin.h"] = CLIENT
    for name, text in files.items():
        with open(os.path.join(place, name), "w", encoding="utf-8") as file:
            file.write(f"#pragma once\n{text}")
