# SPDX-License-Identifier: GPL-2.0-only
"""What a scenario's steps can ask of the world outside the host VM: the device's counters and faults, hot plug, AER."""
import contextlib
import hashlib
import json
import threading
import time
import zlib

from . import disks
from .machine import pf_device
from .progress import LabError
from .wire import Wire

# Opcodes of virtio 1.3, 2.12.1.1: legacy common and device, write and read.
LEGACY_ACCESS = range(0x2, 0x6)


class Requests:
    def __init__(self, group, server, facts, records, work):
        self.group = group
        self.server = server
        self.qmp = None
        self.facts = facts
        self.records = records
        self.work = work
        self.wires = {}
        self.counted = {}       # bytes of transfers that were asked for
        self.progress = time.monotonic()

    def handle(self, line):
        verb, *words = line.split()
        method = getattr(self, "do_" + verb.replace("-", "_"), None)
        if not method:
            raise LabError(f"unknown request: {verb}")
        try:
            return method(*words)
        except TypeError as error:
            raise LabError(f"{line}: {error}") from None

    def _get(self, pf, name):
        return self.qmp.command("qom-get", path=f"/machine/peripheral/{pf}", property=name)

    def _set(self, pf, name, value):
        self.qmp.command("qom-set", path=f"/machine/peripheral/{pf}", property=name, value=value)

    def stats(self, pf):
        value = self._get(pf, "admin-stats")
        return json.loads(value) if isinstance(value, str) else value

    def do_stat(self, pf, path=""):
        """A number of the counters by path (0 if never counted), or all of them."""
        value = self.stats(pf)
        for key in path.split(".") if path else []:
            value = value.get(key, 0) if isinstance(value, dict) else 0
        if isinstance(value, dict) and path:
            return " ".join(f"{name}={count}" for name, count in value.items() if not isinstance(count, dict))
        return json.dumps(value) if isinstance(value, (dict, list)) else value

    def do_opcodes(self, pf):
        """How often each command was executed for the PF's members, all of them together."""
        counts = {}
        for member in self.stats(pf).get("members", {}).values():
            for opcode, count in member.get("opcodes", {}).items():
                counts[int(opcode, 0)] = counts.get(int(opcode, 0), 0) + count
        return " ".join(f"{opcode:#x}:{counts[opcode]}" for opcode in sorted(counts)) or "none"

    def do_sum(self, pf, path):
        """Sum of all numbers below a path."""
        value = self.stats(pf)
        for key in path.split("."):
            value = value.get(key, {}) if isinstance(value, dict) else {}
        return total(value)

    def do_violations(self, pf):
        return "\n".join(self.stats(pf).get("violations", []))

    def do_reset_stats(self, pf):
        self._set(pf, "admin-stats-reset", True)

    def do_fault(self, pf, spec):
        self._set(pf, "fault", spec)

    def do_clear_fault(self, pf):
        self._set(pf, "fault", "")

    def do_set(self, pf, name, value):
        self._set(pf, name, {"true": True, "false": False}.get(value, int(value) if value.isdigit() else value))

    def do_unplug(self, pf):
        self.qmp.command("device_del", id=pf)

    def do_plug(self, pf):
        entry = next((entry for entry in self.group.pfs if entry["name"] == pf), None)
        if not entry:
            raise LabError(f"no PF {pf} in this group")
        # The name is free only once the emulator has let go of the old device.
        for _ in range(100):
            if pf not in [item["name"] for item in self.qmp.command("qom-list", path="/machine/peripheral")]:
                break
            time.sleep(0.1)
        # The human monitor, because it takes values as text, as the command line does.
        complaint = self.qmp.human(f"device_add {pf_device(entry)}").strip()
        if complaint:
            raise LabError(complaint)

    def do_wake_up(self):
        """As soon as the host VM sleeps, which nothing in it can ask for then."""
        threading.Thread(target=self._wake_up, daemon=True).start()

    def _wake_up(self):
        with contextlib.suppress(LabError, OSError, ValueError):    # the host VM ended
            while self.qmp.command("query-status")["status"] != "suspended":
                time.sleep(0.1)
            time.sleep(1)
            self.qmp.command("system_wakeup")

    def do_aer(self, device, error, *options):
        return self.qmp.human(" ".join(["pcie_aer_inject_error", *options, device, error]))

    def do_moved(self, name):
        """Bytes of a transfer until now. More of them than at any time before is progress of the step."""
        moved = self.server.moved.get(name, 0)
        if moved > self.counted.get(name, 0):
            self.counted[name] = moved
            self.progress = time.monotonic()
        return moved

    def do_upload(self, name):
        if name not in self.server.uploads:
            raise LabError(f"nothing was uploaded as {name}")
        size, digest, _ = self.server.uploads[name]
        return f"{size} {digest}"

    def do_upload_crc(self, name):
        if name not in self.server.uploads:
            raise LabError(f"nothing was uploaded as {name}")
        size, _, crc = self.server.uploads[name]
        return f"{size} {crc:08x}"

    def do_bounce(self, name, address, count):
        """Frames that came back of those sent to the member on a wire."""
        if name not in self.wires:
            self.wires[name] = Wire(self.work, name)
        return self.wires[name].bounce(bytes.fromhex(address.replace(":", "")), int(count))

    def do_digest(self, kib):
        return self.server.digest(int(kib))

    def do_back_end(self, path, offset="0", length="-1"):
        """Checksum of bytes of a file behind a device, as it is here."""
        with open(self.work / path, "rb") as file:
            file.seek(int(offset))
            return hashlib.sha256(file.read(int(length))).hexdigest()

    def do_next_boot(self, path, kind):
        """Linux on that bootable disk has MSI-X the next time, or has not."""
        words = {"msix": disks.WITH_MSIX.encode(), "nomsi": disks.WITHOUT_MSIX.encode()}
        data = (self.work / path).read_bytes()
        places = [data.find(word) for word in words.values()]
        if kind not in words or max(places) < 0:
            raise LabError(f"next-boot: {path} has no such word, or there is no kind {kind}")
        with open(self.work / path, "r+b") as file:
            file.seek(max(places))
            file.write(words[kind])

    def do_back_end_crc(self, path, offset, length):
        """The same as CRC-32, for guests that have no better checksum."""
        with open(self.work / path, "rb") as file:
            file.seek(int(offset))
            return f"{zlib.crc32(file.read(int(length))):08x}"

    def do_fact(self, name, *words):
        self.facts[name] = " ".join(words)

    def do_record(self, name, *words):
        """A measurement, for whoever evaluates them all: NAME KEY=VALUE... and JSON."""
        start = next((index for index, word in enumerate(words) if word.startswith("{")), len(words))
        try:
            data = json.loads(" ".join(words[start:]))
        except json.JSONDecodeError as error:
            raise LabError(f"record {name}: {error}") from None
        self.records.append({"name": name, **parameters(words[:start]), "data": data})
        self.progress = time.monotonic()

    def do_record_counters(self, pf, member, name, *words):
        """The same of what the device counted for a member: legacy accesses by command, and waits."""
        counters = self.stats(pf).get("members", {}).get(member, {})
        commands = sum(count for opcode, count in counters.get("opcodes", {}).items() if int(opcode, 0) in LEGACY_ACCESS)
        self.records.append({"name": name, **parameters(words),
                             "data": {"commands": commands, "waits": counters.get("waits", 0)}})

    def do_monitor(self, *words):
        return self.qmp.human(" ".join(words))


def parameters(words):
    """KEY=VALUE..., numbers as such."""
    pairs = (word.partition("=") for word in words)
    return {key: int(value) if value.isdigit() else value for key, _, value in pairs}


def total(value):
    if isinstance(value, dict):
        return sum(total(item) for item in value.values())
    return value if isinstance(value, int) else 0
