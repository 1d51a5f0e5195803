"""Writes the report of an output, into it or to another place."""

from datetime import UTC, datetime

from pipeline.arguments import COMMAND
from pipeline.reporting.figures import gather
from pipeline.reporting.page import make_page
from pipeline.settings import versions
from transforms.files.places import file_in
from transforms.output.layout import REPORT_PATH
from transforms.output.output import Output, put_file


def write_report(output: Output, place: str | None = None) -> str:
    """Writes the report, and returns where it is.

    Args:
      place: a file or a folder; by default it goes into the output, where no reader of tables
        looks, and `verify` takes it for nobody's stray.

    Raises:
      UsageError: no job has come to its end there, or an older version made the tables.
      DamagedError: a part is gone.
      OSError: a store cannot be read, or the page cannot be written.
    """
    figures = gather(output)
    figures["made"] = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    figures["version"] = versions([COMMAND])[COMMAND]
    page = make_page(figures)
    if not place:
        output.put(REPORT_PATH, page)
        return output.uri(REPORT_PATH)
    place = place_of(place)
    put_file(place, page)
    return place


def place_of(place: str) -> str:
    """Returns the file that is meant by a file or a folder."""
    return file_in(place, REPORT_PATH)
