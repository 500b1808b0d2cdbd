# SPDX-License-Identifier: GPL-2.0-only
"""The guests' peer on the network: a file to download, a place to upload to, and the checksums of both."""
import hashlib
import http.server
import random
import threading
import zlib

SIZE = 16 * 1024 * 1024
BLOCK = 16 * 1024


class Handler(http.server.BaseHTTPRequestHandler):
    # No time limit: a serial line is connected from the start and used when its scenario comes. QEMU notices the end
    # of an idle one only when the guest opens its port, and what the guest writes then is lost with it.

    def do_GET(self):
        name, _, kib = self.path.strip("/").partition("?kib=")
        data = memoryview(self.server.part(int(kib)))
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        for start in range(0, len(data), BLOCK):
            self.wfile.write(data[start:start + BLOCK])
            self.server.count(name, len(data[start:start + BLOCK]))

    def do_PUT(self):
        left = int(self.headers.get("Content-Length", 0))
        digest = hashlib.sha256()
        crc = 0
        total = 0
        name = self.path.strip("/")
        while left:
            block = self.rfile.read1(min(left, BLOCK))
            if not block:
                break
            digest.update(block)
            crc = zlib.crc32(block, crc)
            total += len(block)
            left -= len(block)
            self.server.count(name, len(block))
        self.server.uploads[name] = (total, digest.hexdigest(), crc)
        body = f"{total} {digest.hexdigest()}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        # Random, so that a transfer can not pass by way of an earlier run's data.
        self.payload = random.randbytes(SIZE)
        self.uploads = {}
        self.moved = {}     # bytes of each transfer, by its name
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def count(self, name, size):
        with self.lock:
            self.moved[name] = self.moved.get(name, 0) + size

    def forget(self):
        """Forgets all transfers: their names are used again by the next run of a scenario."""
        with self.lock:
            self.moved.clear()
            self.uploads.clear()

    def part(self, kib):
        """What a download of so many KiB is."""
        return self.payload[:kib << 10]

    def digest(self, kib):
        return hashlib.sha256(self.part(kib)).hexdigest()

    @property
    def port(self):
        return self.server_address[1]

    def handle_error(self, request, client_address):
        """A guest killed in mid-transfer breaks its connection: expected."""
