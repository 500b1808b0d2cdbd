# SPDX-License-Identifier: GPL-2.0-only
"""What stands behind a PF and its VFs, by device type: networks, disks, folders, serial lines. Names follow the PF's
name and the member's number; files are in the run's working folder, so that requests can look into them."""
import random

from . import networks

DISK = 64 << 20


def members(pf):
    """The VFs of a PF that get a back end."""
    return range(1, pf.get("backends", 2) + 1)


def of_member(pf, number):
    return f"{pf['name']}n{number}"


def net(pf, work, _port):
    pairs = pf.get("properties", {}).get("member-queue-pairs", 1)
    arguments = ["-netdev", f"user,id={pf['name']}"]
    for number in members(pf):
        name = of_member(pf, number)
        for pair in ["", *(f".{index}" for index in range(2, pairs + 1))]:
            arguments += ["-netdev", networks.netdev(pf.get("network", "user"), f"{name}{pair}", work)]
    return arguments, []


def disks(names, work):
    arguments = []
    for name in names:
        path = work / f"{name}.disk"
        with open(path, "wb") as file:
            file.truncate(DISK)
        arguments += ["-blockdev", f"driver=raw,node-name={name},file.driver=file,file.filename={path}"]
    return arguments


def blk(pf, work, _port):
    names = [pf["name"], *(of_member(pf, number) for number in members(pf))]
    return disks(names, work), []


def scsi(pf, work, _port):
    names = [of_member(pf, number) for number in members(pf)]
    attached = []
    for number, name in zip(members(pf), names):
        attached += ["-device", f"scsi-hd,bus={pf['name']}-vf{number}.0,drive={name},serial={name}"]
    return disks(names, work), attached


def console(pf, _work, port):
    """Each line ends at the server that networks end at: it speaks over any stream of bytes."""
    arguments, attached = [], []
    for number in members(pf):
        name = of_member(pf, number)
        arguments += ["-chardev", f"socket,id={name},host=127.0.0.1,port={port},reconnect-ms=500"]
        attached += ["-device", f"virtserialport,bus={pf['name']}-vf{number}.0,chardev={name},name={name}"]
    return arguments, attached


def folders(names, work):
    arguments = []
    for name in names:
        (work / name).mkdir()
        (work / name / "data").write_bytes(random.randbytes(1 << 20))
        arguments += ["-fsdev", f"local,id={name},path={work / name},security_model=mapped-file"]
    return arguments


def fs9p(pf, work, _port):
    return folders([pf["name"], *(of_member(pf, number) for number in members(pf))], work), []


def nothing(_pf, _work, _port):
    return [], []


TYPES = {"net": net, "blk": blk, "console": console, "rng": nothing, "balloon": nothing, "scsi": scsi, "9p": fs9p}
# What one device more of a type needs that needs anything.
ALONE = {"net": lambda name, work: ["-netdev", networks.netdev("user", name, work)],
         "blk": lambda name, work: disks([name], work), "9p": lambda name, work: folders([name], work)}
# The properties by which a PF takes its own; VFs of these types take theirs by a prefix.
OWN = {"net": ("netdev",), "blk": ("drive",), "9p": ("fsdev", "mount_tag")}


# PFs are called after their type, but QEMU's names begin with a letter.
NAMES = {"9p": "folder"}


def one_of_each(common):
    """With [types] in a group, which is what they have in common: a PF of every type but the network's."""
    if common is None:
        return []
    return [{"name": NAMES.get(name, name), "type": name, **common} for name in TYPES if name != "net"]


def kind(pf):
    return pf.get("type", "net")


def arguments(pf, work, port):
    """Command line before the PF, and what is attached to its VFs behind it."""
    return TYPES[kind(pf)](pf, work, port)


def alone(pf, name, work):
    """Command line for the back end of a device of a PF's type that is none of its VFs."""
    return ALONE.get(kind(pf), lambda _name, _work: [])(name, work)


def properties(pf):
    own = {name: pf["name"] for name in OWN.get(kind(pf), ())}
    return {**own, "member-backend": f"{pf['name']}n"} if own else {}
