"""Which of a record's values make a document."""

from dataclasses import dataclass


# Without slots, so that the defaults can be read from the class.
@dataclass(frozen=True, kw_only=True)
class DocumentFields:
    """Which of a record's values make its document."""

    text: tuple[str, ...] = ("text",)
    id: str = "id"
    date: str | None = None
    date_format: str | None = None  # of strptime; None reads ISO 8601
    keep: tuple[tuple[str, str], ...] = ()  # (name in the record, column)
    partition_by: tuple[str, ...] = ()  # columns whose values name folders
    max_chars: int = 5_000_000  # of one text

    @property
    def columns(self) -> tuple[str, ...]:
        """Every name that is read, once each."""
        names = [*self.text, self.id, *([self.date] if self.date else [])]
        names += [name for name, _ in self.keep]
        return tuple(dict.fromkeys(names))
