"""A server before another one, which throttles, denies, stalls and breaks off by chance."""

import http.client
import http.server
import os
import random
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path

# What may become of a request. Those without a status end the connection, three of them before
# the server behind has been asked: "lost" is done there, and its answer is not told.
DENIED, THROTTLED, RESET, STALLED, CUT, LOST = "403", "503", "reset", "stalled", "cut", "lost"
TROUBLES = (DENIED, THROTTLED, THROTTLED, RESET, STALLED, CUT, LOST)
STALL_SECONDS = 0.5
# In the folder of a proxy: it makes trouble while SWITCH is there, and tells each in NOTES.
SWITCH, NOTES = "hinder", "notes"
_OWN_HEADERS = {"connection", "transfer-encoding", "content-length", "server", "date"}


class BadProxy(http.server.BaseHTTPRequestHandler):
    """Passes requests on; its attributes are set where it is served."""

    protocol_version = "HTTP/1.1"
    port: int
    chances: random.Random
    share: float  # of the requests that meet with trouble
    folder: Path

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        trouble = self._draw()
        self.close_connection = True
        if trouble in (DENIED, THROTTLED):
            self._answer(int(trouble), [], b"")
        elif trouble in (RESET, STALLED):
            self._break_off(STALL_SECONDS if trouble == STALLED else 0)
        else:
            status, headers, data = self._ask(body)
            if trouble == LOST:
                self._break_off(0)
            else:
                self._answer(status, headers, data, trouble == CUT)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = _handle

    def _draw(self) -> str | None:
        trouble = None
        if (self.folder / SWITCH).exists() and self.chances.random() < self.share:
            trouble = self.chances.choice(TROUBLES)
            with (self.folder / NOTES).open("a") as file:
                file.write(f"{trouble}\n")
        return trouble

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        behind = http.client.HTTPConnection("127.0.0.1", self.port)
        behind.request(self.command, self.path, body, dict(self.headers))
        answer = behind.getresponse()
        headers = [pair for pair in answer.getheaders() if pair[0].lower() not in _OWN_HEADERS]
        if self.command == "HEAD" and answer.headers["Content-Length"]:
            headers.append(("Content-Length", answer.headers["Content-Length"]))
        data = answer.read()
        behind.close()
        return answer.status, headers, data

    def _answer(
        self, status: int, headers: list[tuple[str, str]], data: bytes, is_cut: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if is_cut else data)

    def _break_off(self, seconds: float) -> None:
        time.sleep(seconds)
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        # Only the descriptor's end ends the connection, since the streams hold it, too.
        self.rfile.close()
        self.wfile.close()
        self.connection.close()
        self.wfile = open(os.devnull, "wb")  # noqa: SIM115 - what the server flushes at the end

    def log_message(self, *ignored: object) -> None:
        pass


def serve(port: int, seed: int, share: float, folder: Path, tell: Callable[[int], None]) -> None:
    """Serves for ever before the server at a port; see `stores.serving_process`."""
    chances = random.Random(seed)
    handler = type(
        "Handler",
        (BadProxy,),
        {"port": port, "chances": chances, "share": share, "folder": folder},
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    tell(server.server_port)
    server.serve_forever()
