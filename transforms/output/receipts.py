"""Keeps receipts as files: a block that has a receipt is done.

Each plan has its own receipts. The blocks of all plans have the same names, and workers of a job
that was given up may still be writing while another job fills the same output.
"""

import dataclasses
import json

from transforms.output.layout import receipt_path
from transforms.output.output import Output
from transforms.records import InputCount, Receipt, TableFile


def load_receipt(output: Output, plan_id: str, block_id: str) -> Receipt | None:
    """Returns the receipt of a block, None if the block is still to be done."""
    data = output.get(receipt_path(plan_id, block_id))
    return None if data is None else parse_receipt(data)


def save_receipt(output: Output, plan_id: str, receipt: Receipt) -> None:
    """Writes a receipt, which must name only files that are already there."""
    output.put(receipt_path(plan_id, receipt.block_id), format_receipt(receipt))


def format_receipt(receipt: Receipt) -> bytes:
    """Returns a receipt as JSON."""
    return json.dumps(dataclasses.asdict(receipt), separators=(",", ":")).encode()


def parse_receipt(data: bytes) -> Receipt:
    """Reads the JSON of a receipt."""
    values = json.loads(data)
    values["staged"] = [TableFile(**table) for table in values["staged"]]
    values["inputs"] = [InputCount(**count) for count in values["inputs"]]
    return Receipt(**values)
