import dataclasses
import typing

import numpy as np
import pyarrow as pa
import pytest
from apache_beam import coders
from apache_beam.typehints.row_type import RowTypeConstraint

from tests.plain import plain
from transforms import records
from transforms.records import Reject

RECORDS = [
    value
    for value in vars(records).values()
    if dataclasses.is_dataclass(value) and isinstance(value, type)
]


def example(kind: type) -> object:
    """Makes a value of an annotation: text that is not ASCII, large numbers, nested records."""
    if dataclasses.is_dataclass(kind):
        if kind is Reject:
            return Reject("file", "read", "corrupt", "m", "u", excerpt="\\xe9")
        hints = typing.get_type_hints(kind)
        return kind(**{f.name: example(hints[f.name]) for f in dataclasses.fields(kind)})
    if typing.get_origin(kind) is list:
        return [example(typing.get_args(kind)[0])] * 2
    if typing.get_origin(kind) is dict:
        return {example(key): example(value) for key, value in [typing.get_args(kind)]}
    if typing.get_origin(kind) is np.ndarray:
        return np.array([2**20, 1], np.int32)
    if typing.get_args(kind):  # Optional
        return example(typing.get_args(kind)[0])
    if kind is pa.Table:
        return pa.table({"text": ["Łódź\u00ad", None]})
    return {str: "Łódź\u00ad", int: 2**40, float: 0.25, bool: True, bytes: b"\0\xff"}[kind]


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_every_record_comes_back_from_its_coder(kind):
    coder = coders.registry.get_coder(kind)
    value = example(kind)
    back = coder.decode(coder.encode(value))
    assert type(back) is kind
    assert plain(back) == plain(value)


# Beam makes rows of dataclasses that are not frozen, and such rows of its own in other processes.
@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_no_record_is_a_row_to_beam(kind):
    assert not isinstance(coders.registry.get_coder(kind), coders.RowCoder)
    assert RowTypeConstraint.from_user_type(kind) is None


def test_a_reject_has_a_reason_of_its_scope():
    with pytest.raises(ValueError, match="'bad_json' is no reason of scope 'file'"):
        Reject("file", "read", "bad_json", "m", "u")
