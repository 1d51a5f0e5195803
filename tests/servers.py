"""Servers on loopback, some as bad as those out there."""

import contextlib
import hashlib
import http.server
import socket
import struct
import threading
from collections.abc import Iterable, Iterator

# A GET may come to this, beside an HTTP status.
CUT, RESET = -1, -2


@contextlib.contextmanager
def serving(server: http.server.HTTPServer) -> Iterator[str]:
    """Runs a server on a thread, and gives its root."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class BadStore:
    """Files over http; each GET takes the next of `troubles`, and goes well where none is left.

    A trouble is a status, or says that the connection ends in the middle of the file.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.troubles: Iterator[int] = iter(())
        self.gets: list[str] = []

    def meet(self, troubles: Iterable[int]) -> None:
        """Sets the troubles to come, and forgets the GETs of before."""
        self.troubles = iter(troubles)
        self.gets = []

    @contextlib.contextmanager
    def serve(self) -> Iterator[str]:
        store = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.begin()

            def do_GET(self) -> None:
                store.gets.append(self.path[1:])
                trouble = next(store.troubles, 200)
                data = self.begin(max(200, trouble))
                if trouble >= 0:
                    self.wfile.write(data)
                    return
                self.wfile.write(data[: len(data) // 2])
                if trouble == RESET:
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    self.connection.close()

            def begin(self, status: int = 200) -> bytes:
                data = store.files.get(self.path[1:])
                if data is None:
                    status = 404
                data = data if status == 200 and data is not None else b""
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.send_header("ETag", hashlib.sha256(data).hexdigest())
                self.end_headers()
                return data

            def log_message(self, *ignored: object) -> None:
                pass

        with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as root:
            yield root
