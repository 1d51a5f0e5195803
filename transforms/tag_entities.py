"""TagEntities: finds entities in the rows of other pipelines, in Beam YAML or in Python."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import apache_beam as beam
from apache_beam.typehints.row_type import RowTypeConstraint
from apache_beam.typehints.schemas import named_fields_from_element_type

from transforms.choices import LINE_BREAKS
from transforms.files.documents import list_names, read_document
from transforms.files.fields import DocumentFields
from transforms.files.found import RecordError
from transforms.model.checkpoint import resolve_checkpoint
from transforms.model.loading import load_tagger
from transforms.model.tags import WordTagger
from transforms.model_check import ModelCheck
from transforms.records import Extent, TextField
from transforms.tag_texts import TaggedText, TextEntity, tag_texts

# An entity adds these columns to those of its row. They are called as in the table of entities.
_ENTITY_FIELDS = [
    ("field", str),
    ("start_char", int),
    ("end_char", int),
    ("text", str),
    ("name", str),
    ("resolved_name", str),
    ("label", str),
    ("model_label", str),
    ("score", float),
    ("sentence_index", int),
]
_GOOD, _ERRORS = "good", "errors"
# Rows are tagged together up to so much text, so that the model's batches are full.
_BATCH_CHARS = 1 << 18
# Rows lie in no file; this is where their documents say that they come from.
_ROWS = Extent("rows", "jsonl", "", 0, "", 0, -1)
_DEFAULTS = DocumentFields()


class TagEntities(beam.PTransform):
    """Finds the people, organisations, places and other names in the text of rows.

    Each entity becomes a row: the fields of its input row without the text, then `field`,
    `start_char`, `end_char`, `text`, `name`, `resolved_name`, `label`, `model_label`, `score` and
    `sentence_index`. A row is a document, whose fields count together. Rows are batched within
    their window, at whose end the entities' timestamps are.

    Args:
      text_field: The field to tag, or a list of such fields, each tagged by itself.
      line_breaks: What a single newline means: `paragraph`, `wrapped`, or `auto`.
      document_labels: Whether a row as a whole corrects the labels of its names.
      max_document_chars: Rows with longer texts are errors.
      model: A folder with a checkpoint, or its id on the Hugging Face hub. Without it, the model
        that comes along is used.
      model_revision: Branch, tag or commit on the hub.
      label_names: `[O, B-PER, I-PER, ...]` in order, for a model that does not name its labels.
      device: The workers' device: `auto`, `cpu`, `cuda` or `cuda:N`.
      precision: `fp32`, `bf16`, `fp16` or `int8`; `auto` is fp32 on a CPU.
      error_handling: `output` names the output for what cannot be tagged, whose rows have
        `element`, `reason` and `msg`. Without it, the first such row fails the pipeline.
    """

    def __init__(
        self,
        text_field: str | Sequence[str] = _DEFAULTS.text,
        line_breaks: str = "auto",
        document_labels: bool = True,
        max_document_chars: int = _DEFAULTS.max_chars,
        model: str | None = None,
        model_revision: str | None = None,
        label_names: Sequence[str] = (),
        device: str = "auto",
        precision: str = "auto",
        error_handling: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        if line_breaks not in LINE_BREAKS:
            known = ", ".join(LINE_BREAKS)
            raise ValueError(f"line_breaks must be one of {known}, got {line_breaks!r}")
        texts = [text_field] if isinstance(text_field, str) else text_field
        self._fields = DocumentFields(text=tuple(texts), max_chars=max_document_chars)
        self._line_breaks = line_breaks
        self._document_labels = document_labels
        self._errors = error_handling["output"] if error_handling else None
        checkpoint = resolve_checkpoint(model, model_revision, label_names)
        self._load_tagger = partial(load_tagger, checkpoint, device, precision)

    # One collection comes out or several, and Beam reads the annotation of a single one only.
    def expand(self, rows: beam.PCollection) -> Any:
        entity, error = self._row_types(rows.element_type)
        size = {"min_batch_size": _BATCH_CHARS, "max_batch_size": _BATCH_CHARS}
        tag = _TagRows(
            self._fields,
            self._line_breaks,
            self._document_labels,
            self._load_tagger,
            self._errors is None,
        )
        tagged = (
            rows
            | "Batch" >> beam.BatchElements(**size, element_size_fn=partial(_chars, self._fields))
            | "Tag" >> beam.ParDo(tag).with_outputs(_ERRORS, main=_GOOD)
        )
        entities = tagged[_GOOD] | "Entities" >> beam.Map(_same).with_output_types(entity)
        if self._errors is None:
            return entities
        errors = tagged[_ERRORS] | "Errors" >> beam.Map(_same).with_output_types(error)
        return {_GOOD: entities, self._errors: errors}

    def _row_types(self, row: Any) -> tuple[RowTypeConstraint, RowTypeConstraint]:
        """Returns the types of the rows that come out, of entities and of errors.

        Raises:
          ValueError: the input rows' fields do not fit.
        """
        fields = dict(named_fields_from_element_type(row))
        for name in self._fields.text:
            if name not in fields:
                raise ValueError(f"text_field: there is no {name}; found: {list_names(fields)}")
        carried = [(name, kind) for name, kind in fields.items() if name not in self._fields.text]
        for name, _ in carried:
            if name in dict(_ENTITY_FIELDS):
                raise ValueError(
                    f"the rows have a field {name}, as the rows of entities have: rename it "
                    "with MapToFields"
                )
        return (
            RowTypeConstraint.from_fields([*carried, *_ENTITY_FIELDS]),
            RowTypeConstraint.from_fields([("element", row), ("reason", str), ("msg", str)]),
        )


class _TagRows(beam.DoFn):
    """Tags a batch of rows; a row that cannot be tagged goes to the other output, or raises."""

    def __init__(
        self,
        fields: DocumentFields,
        line_breaks: str,
        document_labels: bool,
        load_tagger: Callable[[], WordTagger],
        raises: bool,
    ) -> None:
        self._fields = fields
        self._line_breaks = line_breaks
        self._document_labels = document_labels
        self._load_tagger = load_tagger
        self._raises = raises

    def setup(self) -> None:
        self._tagger = self._load_tagger()
        self._check = ModelCheck()

    def process(self, rows: Sequence[Any]) -> Iterator[Any]:
        read: list[tuple[Any, TextField]] = []
        documents: list[int] = []
        for document, row in enumerate(rows):
            try:
                fields = self._text_fields(row)
                read += [(row, text_field) for text_field in fields]
                documents += [document] * len(fields)
            except RecordError as error:
                yield self._error(row, error.reason, error.message)
        texts = [text_field.text for _, text_field in read]
        tagged = tag_texts(
            texts,
            self._tagger,
            self._line_breaks,
            documents=documents,
            document_labels=self._document_labels,
        )
        self._check.add([_mostly_failed(found) for found in tagged if found.sentences])
        for (row, text_field), found in zip(read, tagged, strict=True):
            for entity in found.entities:
                yield self._entity_row(row, text_field.name, entity)
            for place, message in _failures(text_field.name, found):
                yield self._error(row, "model_failed", f"{place}: {message}")

    def _text_fields(self, row: Any) -> list[TextField]:
        """Returns a row's texts, checked as those of records are.

        Raises:
          RecordError: they cannot be tagged.
        """
        values = row._asdict()
        texts = {name: values[name] for name in self._fields.text}
        return read_document(texts, _ROWS, 0, self._fields).document.fields

    def _entity_row(self, row: Any, field: str, entity: TextEntity) -> beam.Row:
        return beam.Row(
            **self._carried(row),
            field=field,
            start_char=entity.start,
            end_char=entity.end,
            text=entity.text,
            name=entity.name,
            resolved_name=entity.resolved_name,
            label=entity.label,
            model_label=entity.model_label,
            score=entity.score,
            sentence_index=entity.sentence,
        )

    def _carried(self, row: Any) -> dict[str, Any]:
        values = row._asdict()
        return {name: value for name, value in values.items() if name not in self._fields.text}

    def _error(self, row: Any, reason: str, message: str) -> beam.pvalue.TaggedOutput:
        if self._raises:
            raise ValueError(f"{reason}: {message}; error_handling lets the others go on: {row}")
        error = beam.Row(element=row, reason=reason, msg=message)
        return beam.pvalue.TaggedOutput(_ERRORS, error)


def _failures(field: str, found: TaggedText) -> list[tuple[str, str]]:
    """Returns the place of each sentence that failed, and the model's message."""
    return [(f"{field}[{one.start}:{one.end}]", one.message) for one in found.failures]


def _mostly_failed(found: TaggedText) -> str:
    """Returns why most sentences of a text failed, "" if they did not."""
    if 2 * len(found.failures) <= found.sentences:
        return ""
    return f"a row's text: {found.failures[0].message}"


def _chars(fields: DocumentFields, row: Any) -> int:
    return sum(len(getattr(row, name) or "") for name in fields.text)


def _same(row: Any) -> Any:
    return row
