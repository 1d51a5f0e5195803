"""Reads the pages of the web: saved ones, and those of a crawl."""

from collections.abc import Iterator, Sequence

from transforms.files.encodings import UTF8
from transforms.files.fields import DocumentFields
from transforms.files.found import Found, RecordError, Values, excerpt, too_long
from transforms.files.page_guard import GuardError, find_guarded
from transforms.files.page_text import decode_page, strip_page
from transforms.files.text_streams import open_bytes
from transforms.records import Extent

# Pages of news have up to 2 MB, nearly all of it scripts.
MAX_PAGE_BYTES = 16 << 20


def scan_page(extent: Extent, columns: Sequence[str], fields: DocumentFields) -> Iterator[Found]:
    """Yields the page that a file is; see `formats.scan`."""
    with open_bytes(extent, fields) as stream:
        data = stream.read(MAX_PAGE_BYTES + 1)
    if len(data) > MAX_PAGE_BYTES:
        yield Found(0, too_long(data, MAX_PAGE_BYTES))
    else:
        yield Found(0, (data, fields.encoding))


def parse_page(content: tuple[bytes, str]) -> Values:
    """Returns the fields of a saved page; see `formats.parse`."""
    data, otherwise = content
    return read_page(data, otherwise=otherwise)


def read_page(
    data: bytes, url: str | None = None, declared: str | None = None, otherwise: str = UTF8
) -> Values:
    """Returns the fields of a page, main_text.PAGE_FIELDS.

    Args:
      url: where it was fetched; what the page itself calls its address comes first.
      declared: the encoding that the server told.
      otherwise: see `decode_page`.

    Raises:
      RecordError: it has no main text, or is too much for the reader.
    """
    page = strip_page(decode_page(data, declared, otherwise))
    try:
        found = find_guarded(page, url)
    except (GuardError, RecursionError) as error:
        raise RecordError("too_long", str(error), _start(page.html)) from error
    if found is None:
        raise RecordError("no_text", "the page has no main text", _start(page.html))
    return found


def _start(html: str) -> str:
    return excerpt(" ".join(html[:2000].split()))
