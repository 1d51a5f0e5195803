"""Invented pages, and records of a crawl that hold them."""

import gzip
from collections.abc import Iterable

PARAGRAPHS = (
    "The council of Port Meridian voted on Tuesday to repair the harbour wall, which two storms "
    "had opened in the autumn. The work is to begin before the spring tides.",
    "“We cannot wait for a third storm,” said the mayor, Ada Lindqvist. The engineer Tom Reed of "
    "Castellane Works had warned the city in March.",
    "The repair costs nine million crowns, of which the province pays a third. Fishermen from "
    "Sandvik asked for a second gate, and the council will come back to it in May.",
)
TITLE = "Port Meridian repairs its harbour wall"
URL = "https://meridian-wire.test/2024/01/harbour-wall"


def page(
    paragraphs: Iterable[str] = PARAGRAPHS, title: str = TITLE, head: str = "", charset: str = ""
) -> str:
    """Returns a page as a news site writes it."""
    told = f'<meta charset="{charset}">' if charset else ""
    body = "\n".join(f"<p>{text}</p>" for text in paragraphs)
    return f"""<!DOCTYPE html>
<html lang="en"><head>{told}<title>{title} | Meridian Wire</title>
<meta property="og:site_name" content="Meridian Wire">
<meta property="article:published_time" content="2024-01-09T23:30:00-05:00">
<meta name="author" content="Nora Ilves">{head}</head>
<body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<div id="cookie-banner"><p>We and our partners use cookies.</p><button>Accept</button></div>
<article><h1>{title}</h1>{body}</article>
<footer><p>All rights reserved. Meridian Wire Ltd.</p></footer>
</body></html>"""


def response(
    body: bytes, media: str = "text/html; charset=utf-8", status: str = "200 OK", more: str = ""
) -> bytes:
    """Returns an HTTP response."""
    return f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n{more}\r\n".encode() + body


def record(
    content: bytes,
    kind: str = "response",
    url: str = URL,
    media: str = "application/http; msgtype=response",
    length: int | None = None,
) -> bytes:
    """Returns a record of a crawl."""
    size = len(content) if length is None else length
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: 2024-01-10T06:00:00Z\r\nContent-Type: {media}\r\n"
        f"Content-Length: {size}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def members(records: Iterable[bytes]) -> bytes:
    """Returns records as crawlers compress them, each by itself."""
    return b"".join(gzip.compress(one, mtime=0) for one in records)
