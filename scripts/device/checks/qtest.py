# SPDX-License-Identifier: GPL-2.0-only
"""A QEMU without CPUs, its qtest and QMP sockets."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

TIMEOUT = 30


class Gone(Exception):
    """QEMU ended or does not answer."""


class LineSocket:
    def __init__(self, path, process):
        self.process = process
        self.socket = self._connect(path)
        self.socket.settimeout(TIMEOUT)
        self.file = self.socket.makefile("rw")

    def _connect(self, path):
        """The socket's file exists a moment before it can be connected."""
        deadline = time.monotonic() + TIMEOUT
        while self.process.poll() is None and time.monotonic() < deadline:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(path)
                return connection
            except OSError:
                connection.close()
                time.sleep(0.01)
        raise Gone("QEMU did not start")

    def send(self, line):
        self.file.write(line + "\n")
        self.file.flush()

    def receive(self):
        line = self.file.readline()
        if not line:
            raise Gone("QEMU ended with status %s" % self.process.wait(TIMEOUT))
        return line.strip()


class Machine:
    """Context manager around one QEMU process."""

    def __init__(self, binary, arguments):
        self.binary = binary
        self.arguments = arguments

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="device-check.")
        names = [os.path.join(self.dir, n) for n in ("qtest", "qmp")]
        command = [self.binary, "-machine", "q35", "-accel", "qtest",
                   "-L", "/usr/share/seabios", "-m", "64", "-nodefaults", "-display", "none",
                   "-qtest-log", "/dev/null",
                   "-qtest", "unix:%s,server=on,wait=off" % names[0],
                   "-qmp", "unix:%s,server=on,wait=off" % names[1]]
        self.log_path = os.path.join(self.dir, "log")
        self.log = open(self.log_path, "w+")
        self.process = subprocess.Popen(
            command + self.arguments, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=subprocess.STDOUT)
        try:
            self.qtest = LineSocket(names[0], self.process)
            self.monitor = LineSocket(names[1], self.process)
            self.monitor.receive()
            self.qmp("qmp_capabilities")
        except Exception as error:
            text = self.output()
            self.__exit__(None, None, None)
            raise Gone("%s: %s" % (error, text)) from error
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.dir)

    def output(self):
        with open(self.log_path) as log:
            return log.read().strip()

    def command(self, *words):
        self.qtest.send(" ".join(words))
        while True:
            answer = self.qtest.receive()
            if not answer.startswith("IRQ"):
                break
        if not answer.startswith("OK"):
            raise Gone("qtest %s: %s" % (words, answer))
        return answer.split()[1:]

    def qmp(self, name, **arguments):
        self.monitor.send(json.dumps(
            {"execute": name, "arguments": arguments}))
        while True:
            answer = json.loads(self.monitor.receive())
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise RuntimeError(answer["error"]["desc"])

    def read(self, address, size):
        return bytes.fromhex(
            self.command("read", hex(address), hex(size))[0][2:])

    def write(self, address, data):
        if data:
            self.command("write", hex(address), hex(len(data)),
                         "0x" + data.hex())

    def get(self, address, width):
        return int(self.command("read" + "xbwxlxxxq"[width], hex(address))[0], 0)

    def put(self, address, width, value):
        self.command("write" + "xbwxlxxxq"[width], hex(address), hex(value))

    def out32(self, port, value):
        self.command("outl", hex(port), hex(value))

    def in_port(self, port, width):
        return int(self.command("in" + "xbwxl"[width], hex(port))[0], 0)

    def step(self, microseconds):
        self.command("clock_step", str(microseconds * 1000))
