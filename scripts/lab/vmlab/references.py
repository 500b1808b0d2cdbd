# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's own transitional devices, to compare VFs with: a PF with `reference` in a group has one beside its VFs, on the
root bus, with all that a legacy driver sees made as its first VF has it."""
from . import backends

SLOT_BASE = 8


class Model:
    """A device of QEMU: as many vectors as the VFs have, the property, if any, that takes its back end, and those in
    which it would differ."""

    def __init__(self, name, vectors, backend=None, properties=None):
        self.name, self.backend = name, backend
        self.properties = {"vectors": vectors, **(properties or {})}


# A balloon has none: the VFs' model is not QEMU's.
MODELS = {
    # The first VF's address, from member-mac-base.
    "net": Model("virtio-net-pci", 4, "netdev", {"mac": "52:54:00:aa:00:01"}),
    # Else there are as many queues as processors.
    "blk": Model("virtio-blk-pci", 2, "drive", {"num-queues": 1}),
    # As many ports as the VFs have.
    "console": Model("virtio-serial-pci", 11, None, {"max_ports": 4}),
    "rng": Model("virtio-rng-pci", 2),
    "scsi": Model("virtio-scsi-pci", 4, None, {"num_queues": 1}),
    "9p": Model("virtio-9p-pci", 2, "fsdev"),
}


def of(group):
    """The PFs of a group that have a reference."""
    return [pf for pf in group.pfs if pf.get("reference") and backends.kind(pf) in MODELS]


def name(pf):
    return f"{pf['name']}-reference"


def address(index):
    return f"0000:00:{SLOT_BASE + index:02x}.0"


def arguments(group, work):
    """Command line: each has a back end of its own."""
    found = []
    for index, pf in enumerate(of(group)):
        model = MODELS[backends.kind(pf)]
        properties = {"id": name(pf), "addr": hex(SLOT_BASE + index), "romfile": "", "disable-legacy": "off",
                      **model.properties}
        if model.backend:
            properties[model.backend] = name(pf)
        if backends.kind(pf) == "9p":
            properties["mount_tag"] = backends.of_member(pf, 1)
        found += backends.alone(pf, name(pf), work)
        found += ["-device", ",".join([model.name, *(f"{key}={value}" for key, value in properties.items())])]
    return found


def settings(group):
    """Shell variables that say where they are."""
    return {f"REFERENCE_{pf['name']}": address(index) for index, pf in enumerate(of(group))}
