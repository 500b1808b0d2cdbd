# SPDX-License-Identifier: GPL-2.0-only
"""The host VM: QEMU with the emulated device, its consoles, and an end within a time limit."""
import functools
import os
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

from . import backends, boot, cache, disks, networks, references, roots
from .progress import LabError, step
from .qmp import Qmp

PORT_BASE = 0x10        # first root port's slot on the root bus


@functools.cache
def device_qemu():
    """Path of the QEMU that has the emulated device."""
    directory = os.environ.get("VLV_QEMU")
    if not directory:
        step("emulated device: QEMU with our device (built now if it is not in the cache)")
        built = subprocess.run([cache.TREE / "scripts/device/build"], stdout=subprocess.PIPE, text=True, check=False)
        if built.returncode:
            raise LabError("scripts/device/build failed: see its messages above")
        directory = built.stdout.strip().splitlines()[-1]
    return Path(directory) / "qemu-system-x86_64"


def properties(table):
    return "".join(f",{name}={value}" for name, value in table.items())


def pf_devices(group, work, port):
    """Command line for the PFs, each behind a root port of its own so that it can be unplugged."""
    arguments = []
    for index, pf in enumerate(group.pfs):
        name = pf["name"]
        slot = PORT_BASE + index
        arguments += ["-device", f"pcie-root-port,id=port-{name},bus=pcie.0,addr=0x{slot:x},chassis={index + 1},slot={index + 1}"
                      + properties(pf.get("port", {}))]
        before, behind = backends.arguments(pf, work, port)
        arguments += [*before, "-device", pf_device(pf), *behind]
    return arguments


def pf_device(pf):
    name = pf["name"]
    base = {"id": name, "bus": f"port-{name}", "romfile": "", **backends.properties(pf)}
    return f"virtio-{backends.kind(pf)}-owner-pci" + properties({**base, **pf.get("properties", {})})


# A TSC of constant rate, which KVM asks for on PREEMPT_RT. TCG's has one, and QEMU does not let it say so. What else
# this processor has and TCG has not stays off.
CONSTANT_TSC = ",+invtsc,-fxsr-opt,-misalignsse,-osvw,-topoext,-nrip-save,-xsavec,x-force-features=on"


def processor(group):
    return "EPYC,+svm,+npt" + (CONSTANT_TSC if group.constant_tsc else "")


def accelerator(group, kvm):
    """Arguments and kernel parameters."""
    if group.instruction_ns:
        shift = group.instruction_ns.bit_length() - 1
        return ["-accel", "tcg,thread=single", "-icount", f"shift={shift},sleep=off", "-cpu", processor(group)], " tsc=reliable"
    if kvm:
        return ["-accel", "kvm", "-cpu", "host"], ""
    return ["-accel", "tcg,thread=multi", "-cpu", processor(group)], ""


# The stack of a processor that does not answer another, too.
STACKS = "sysctl.kernel.softlockup_all_cpu_backtrace=1 "

# The device, and what the kernel needs to be told.
IOMMUS = {"intel": ("intel-iommu,intremap=on", "intel_iommu=on "), "amd": ("amd-iommu,intremap=on", "")}


def quick(group):
    """Kernel parameters that leave out what a boot does for nothing here; a group may leave out more."""
    return f"initcall_blacklist={','.join([*boot.SKIPPED, *group.skipped])} cryptomgr.notests"


def root_disks(group):
    """Command line for the group's roots. What a run writes to them is gone afterwards."""
    arguments = []
    for name in group.roots:
        arguments += ["-drive", f"if=none,id=root-{name},format=raw,snapshot=on,file={roots.disk(name)}",
                      "-device", f"virtio-blk-pci,drive=root-{name},serial={name}"]
    return arguments


def port_address(index):
    return f"0000:00:{PORT_BASE + index:02x}.0"


def processors(group):
    """With one processor and none to be added, QEMU leaves out the barrier of a locked instruction, which its device
    threads rely on: a driver that asks whether to notify a device can miss the answer. In a host VM that counts
    instructions it leaves the barrier out whatever their number is.
    """
    if group.instruction_ns:
        return str(group.cpus)
    return f"cpus={group.cpus},maxcpus={max(2, group.cpus)}"


class Machine:
    def __init__(self, group, kernel, initramfs, work, port, kvm):
        self.group = group
        self.work = work
        self.console_path = work / "console.log"
        self.lines = []
        self.process = self.control = self.qmp = None
        accel, parameters = accelerator(group, kvm)
        iommu, iommu_parameter = IOMMUS[group.iommu]
        self.command = [
            str(device_qemu()), "-L", "/usr/share/qemu", "-L", "/usr/share/seabios",
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-machine", "q35,kernel-irqchip=" + ("split" if "kvm" in accel else "off"), *accel,
            "-smp", processors(group), "-m", str(group.memory),
            "-device", iommu,
            # Unplugging goes through the root port's own registers, as on real hardware.
            "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off",
            "-kernel", str(kernel.image), "-initrd", str(initramfs),
            "-append", f"console=ttyS0 loglevel=7 panic=-1 mitigations=off no_timer_check {quick(group)} {STACKS}{iommu_parameter}{group.cmdline}{parameters}",
            "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
            "-chardev", f"socket,id=control,path={work}/control,server=on,wait=off", "-serial", "chardev:control",
            "-chardev", f"socket,id=qmp,path={work}/qmp,server=on,wait=off", "-mon", "chardev=qmp,mode=control",
            *root_disks(group), *pf_devices(group, work, port), *references.arguments(group, work)]

    def start(self):
        networks.fill_boot_folder(self.group, self.work)
        disks.fill(self.group, self.work)
        (self.work / "command").write_text("\n".join(self.command), encoding="utf-8")
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        threading.Thread(target=self._follow_console, daemon=True).start()
        self.control = self._connect("control")
        # QEMU makes it after the other one.
        self.qmp = Qmp(self._connect("qmp"))

    def _connect(self, name):
        for _ in range(200):
            try:
                connection = socket.socket(socket.AF_UNIX)
                connection.connect(str(self.work / name))
                return connection
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise LabError("the host VM's QEMU did not start:\n" + self.tail())

    def _follow_console(self):
        with open(self.console_path, "w", encoding="utf-8") as log:
            for raw in self.process.stdout:
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                self.lines.append(line)
                log.write(line + "\n")
                log.flush()

    def tail(self, count=40):
        return "\n".join(self.lines[-count:])

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, patience=0):
        """End the host VM; with patience it may power itself off first. It may not have started."""
        if self.process:
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for channel in (self.qmp, self.control):
            if channel:
                channel.close()
        shutil.rmtree(self.work / "initramfs", ignore_errors=True)
