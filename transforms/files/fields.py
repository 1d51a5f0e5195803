"""Says which values of a record make a document."""

from dataclasses import dataclass, replace

from transforms.files.file_names import EXTRACTED_FORMATS


# Without slots, so that the defaults can be read from the class.
@dataclass(frozen=True, kw_only=True)
class DocumentFields:
    """The names of the values that make a document of a record."""

    text: tuple[str, ...] = ("text",)
    id: str = "id"
    date: str | None = None
    date_format: tuple[str, ...] = ("auto",)  # names of choices.DATE_FORMATS, or as strptime's
    date_from_name: str | None = None  # finds the date in the path of a document without its own
    keep: tuple[tuple[str, str], ...] = ()  # (name in the record, column)
    partition_by: tuple[str, ...] = ()  # the columns whose values name folders
    max_chars: int = 5_000_000  # the longest text that is taken
    encoding: str = "utf-8"  # of files without a byte order mark, as encodings.canonical names it
    max_expansion: int = 200  # how many times its stored size a file may decompress to
    delimiter: str | None = None  # between the columns of csv; None has each file's header tell it
    has_usual_text: bool = False  # nobody named the text fields, so a format may have its own

    def of(self, format_name: str) -> "DocumentFields":
        """Returns the fields of a format: those of pages and feeds where nobody named others.

        >>> DocumentFields(has_usual_text=True).of("html").text
        ('title', 'text')
        """
        if format_name not in EXTRACTED_FORMATS:
            return self
        return replace(
            self,
            text=("title", "text") if self.has_usual_text else self.text,
            id="url" if self.id == DocumentFields.id else self.id,
            date=self.date or "date",
            # What was found in a page is written as ISO 8601 has it, in whatever way others are.
            date_format=("iso8601", *self.date_format),
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """Returns every name that is read, each once."""
        names = [*self.text, self.id, *([self.date] if self.date else [])]
        names += [name for name, _ in self.keep]
        return tuple(dict.fromkeys(names))
