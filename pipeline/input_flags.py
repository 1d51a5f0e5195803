"""The main job's flags that say what is read, and how."""

import argparse

from pipeline.arguments import Several
from pipeline.flag_values import at_least, delimiter, encoding
from pipeline.settings import Settings
from transforms.choices import ANY_LANGUAGE, LINE_BREAKS
from transforms.files.file_names import FORMATS


def add_input_flags(group: argparse._ActionsContainer) -> None:
    """Adds these flags; the defaults are those of the dataclasses."""
    group.add_argument(
        "--input",
        action=Several,
        nargs="+",
        required=True,
        metavar="PATTERN",
        help="files, directories, globs or URIs (file://, s3://, gs://, http://) of .txt, .jsonl, "
        ".json, .csv, .tsv, .parquet, .html, .warc and feeds (.rss, .atom, .xml), all but Parquet "
        "also as .gz, .bz2, .xz, .zst",
    )
    group.add_argument(
        "--format", choices=[*FORMATS], help="of every input (default: told by each name)"
    )
    group.add_argument(
        "--encoding",
        type=encoding,
        default=Settings.encoding,
        metavar="E",
        help="of the text formats, by Python's names: cp1252, latin-1, utf-16, ...; the byte order "
        "mark of a file comes first (default: %(default)s)",
    )
    group.add_argument(
        "--delimiter",
        type=delimiter,
        default=Settings.delimiter,
        metavar="C",
        help="between the columns of csv, a character or the word tab (default: told by each "
        "header, of , ; | and tab)",
    )
    group.add_argument(
        "--text_field",
        action=Several,
        nargs="+",
        default=list(Settings.text_field),
        metavar="NAME",
        help="the fields to tag, each by itself, a headline and a body, say "
        "(default: text; of pages and feeds title text)",
    )
    group.add_argument(
        "--id_field",
        default=Settings.id_field,
        metavar="NAME",
        help="becomes document_id; a document without it has its key as its id "
        "(default: %(default)s; of pages and feeds url)",
    )
    group.add_argument(
        "--date_field", metavar="NAME", help="becomes date (default: none; of pages and feeds date)"
    )
    group.add_argument(
        "--date_format",
        action=Several,
        nargs="+",
        default=list(Settings.date_format),
        metavar="F",
        help="iso8601, rfc2822, epoch (seconds or milliseconds), auto (these three) or one of "
        "strptime, e.g. %%d/%%m/%%Y; several are tried in order; what none reads is null, and "
        f"counted (default: {' '.join(Settings.date_format)})",
    )
    group.add_argument(
        "--date_from_name",
        metavar="PATTERN",
        help="the date of documents that have none of --date_field: the last one in the path of "
        "the input that looks so, e.g. %%Y-%%m-%%d or %%Y/%%m/%%d; where there is none it is null, "
        "and counted (default: none)",
    )
    group.add_argument(
        "--keep",
        action=Several,
        nargs="+",
        default=[],
        metavar="NAME[=NEW]",
        help="fields to carry into the documents table, renamed after =; folders such as "
        "source=Gazette/ are fields of the records that lack them (default: none)",
    )
    group.add_argument(
        "--line_breaks",
        choices=LINE_BREAKS,
        default=Settings.line_breaks,
        help="paragraph: a newline ends a paragraph; wrapped: the text is hard-wrapped; auto: told "
        "for each text (default: %(default)s)",
    )
    group.add_argument(
        "--languages",
        action=Several,
        nargs="+",
        default=[],
        metavar="L",
        help="documents that are surely in none of these are not tagged; ISO 639 codes, en fr, or "
        f"{ANY_LANGUAGE} (default: en with the model that comes along, else {ANY_LANGUAGE})",
    )
    group.add_argument(
        "--max_document_chars",
        type=at_least(1),
        default=Settings.max_document_chars,
        metavar="N",
        help=f"longer texts become rejects (default: {Settings.max_document_chars:,})",
    )
    group.add_argument(
        "--max_expansion",
        type=at_least(1),
        default=Settings.max_expansion,
        metavar="N",
        help="a compressed file that gives more than 1 GiB and N times its size is read no further "
        "(default: %(default)s)",
    )
    group.add_argument(
        "--limit",
        type=at_least(1),
        metavar="N",
        help="only the first N documents, broken ones counted (default: all)",
    )
