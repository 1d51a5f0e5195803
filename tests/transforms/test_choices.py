"""Every value in a closed list is one that its room takes, and no other is."""

from datetime import date

import pytest
import torch

from transforms.choices import DATE_PARTS, DOCUMENT_LABELS, LINE_BREAKS, PRECISIONS, SENTENCES
from transforms.make_tables import MakeTables
from transforms.model.devices import resolve_precision
from transforms.model.errors import DeviceError
from transforms.resolve_names import ResolveNames
from transforms.text.paragraphs import split_paragraphs


@pytest.mark.parametrize("line_breaks", LINE_BREAKS)
def test_every_rule_for_line_breaks_splits_a_text(line_breaks):
    assert split_paragraphs("One.", line_breaks) == [(0, 4)]


@pytest.mark.parametrize("sentences", SENTENCES)
def test_every_form_of_the_sentences_table_can_be_made(sentences):
    assert MakeTables(model="m", sentences=sentences).sentences == sentences


@pytest.mark.parametrize("document_labels", DOCUMENT_LABELS)
def test_every_way_with_labels_can_be_gone(document_labels):
    assert ResolveNames(document_labels=document_labels).document_labels == document_labels


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_precision_is_one_of_a_cpu(precision, monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_vnni_supported", lambda: True)
    assert resolve_precision(precision, "cpu") in PRECISIONS[1:]


def test_other_values_are_refused():
    with pytest.raises(ValueError, match="line_breaks must be one of"):
        split_paragraphs("One.", "never")
    with pytest.raises(ValueError, match="sentences must be one of"):
        MakeTables(model="m", sentences="never")
    with pytest.raises(ValueError, match="document_labels must be one of"):
        ResolveNames(document_labels="never")
    with pytest.raises(DeviceError, match="precision must be"):
        resolve_precision("fp8", "cpu")


def test_parts_of_the_date_sort_as_time_goes():
    days = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 10, 1)]
    for form in DATE_PARTS.values():
        written = [day.strftime(form) for day in days]
        assert written == sorted(written)
