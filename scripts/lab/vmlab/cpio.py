# SPDX-License-Identifier: GPL-2.0-only
"""Writes initramfs archives in the kernel's "newc" format, without needing root or device nodes."""
import os
import stat
from pathlib import Path


class Archive:
    def __init__(self, output):
        self.out = output
        self.inode = 0
        self.directories = set()

    def _entry(self, name, mode, data=b"", rdev=(0, 0)):
        self.inode += 1
        name_bytes = name.encode() + b"\0"
        fields = (self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, rdev[0], rdev[1], len(name_bytes), 0)
        header = b"070701" + b"".join(b"%08X" % value for value in fields)
        for block in (header + name_bytes, data):
            self.out.write(block + b"\0" * (-len(block) % 4))

    def directory(self, path):
        path = path.strip("/")
        if not path or path in self.directories:
            return
        self.directory(os.path.dirname(path))
        self.directories.add(path)
        self._entry(path, stat.S_IFDIR | 0o755)

    def data(self, path, content, mode=0o644):
        path = path.strip("/")
        self.directory(os.path.dirname(path))
        self._entry(path, stat.S_IFREG | mode, content)

    def file(self, path, source):
        source = Path(source)
        self.data(path, source.read_bytes(), stat.S_IMODE(source.stat().st_mode) | 0o444)

    def link(self, path, target):
        path = path.strip("/")
        self.directory(os.path.dirname(path))
        self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def node(self, path, major, minor):
        path = path.strip("/")
        self.directory(os.path.dirname(path))
        self._entry(path, stat.S_IFCHR | 0o600, rdev=(major, minor))

    def tree(self, source, prefix=""):
        source = Path(source)
        for path in sorted(source.rglob("*")):
            name = f"{prefix}/{path.relative_to(source)}"
            if path.is_symlink():
                self.link(name, os.readlink(path))
            elif path.is_dir():
                self.directory(name)
            else:
                self.file(name, path)

    def close(self):
        self._entry("TRAILER!!!", 0)
