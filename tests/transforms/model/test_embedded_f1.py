"""Only measured precisions that lose next to nothing are good."""

import pytest

from transforms.choices import PRECISIONS
from transforms.model import embedded_f1
from transforms.model.embedded_f1 import F1, good_precisions


def test_the_embedded_model_is_good_in_what_was_measured():
    assert set(F1) <= set(PRECISIONS)
    assert good_precisions("embedded") == {"fp32", "bf16", "int8"}


@pytest.mark.parametrize(("f1", "is_good"), [(0.9462, True), (0.9460, False)])
def test_a_precision_may_lose_no_more_than_the_tolerance(monkeypatch, f1, is_good):
    monkeypatch.setattr(embedded_f1, "F1", {"fp32": 0.9476, "int8": f1})
    assert ("int8" in good_precisions("embedded")) == is_good


@pytest.mark.parametrize("model", ["models/mine", "dslim/bert-base-NER", "gs://models/embedded"])
def test_other_models_are_known_to_be_good_in_fp32_only(model):
    assert good_precisions(model) == {"fp32"}
