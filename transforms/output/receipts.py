"""Receipts as files: a block whose receipt is there is done, whoever asks.

Each plan has its own. Blocks of all plans are named alike, and workers of a job that was given
up may still be writing while another fills the same output.
"""

import dataclasses
import json

from transforms.output.layout import receipt_path
from transforms.output.output import Output
from transforms.records import InputCount, Receipt, TableFile


def load_receipt(output: Output, plan_id: str, block_id: str) -> Receipt | None:
    """Looks one block's receipt up by its id; None where the block is still to do."""
    data = output.get(receipt_path(plan_id, block_id))
    return None if data is None else parse_receipt(data)


def save_receipt(output: Output, plan_id: str, receipt: Receipt) -> None:
    output.put(receipt_path(plan_id, receipt.block_id), format_receipt(receipt))


def format_receipt(receipt: Receipt) -> bytes:
    return json.dumps(dataclasses.asdict(receipt), separators=(",", ":")).encode()


def parse_receipt(data: bytes) -> Receipt:
    values = json.loads(data)
    values["staged"] = [TableFile(**table) for table in values["staged"]]
    values["inputs"] = [InputCount(**count) for count in values["inputs"]]
    return Receipt(**values)
