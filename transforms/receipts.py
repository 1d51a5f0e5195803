"""Receipts as files: a block whose receipt is there is done, whoever asks."""

import dataclasses
import json

from transforms.records import InputCount, Receipt, TableFile
from transforms.storage import Output

FOLDER = "_run/receipts"


def receipt_path(block_id: str) -> str:
    # By thousands, so that no folder of a large job holds millions of names.
    return f"{FOLDER}/{block_id[:5]}/{block_id}.json"


def load_receipt(output: Output, block_id: str) -> Receipt | None:
    """Looks one block's receipt up by its id; None where the block is still to do."""
    data = output.get(receipt_path(block_id))
    return None if data is None else parse_receipt(data)


def save_receipt(output: Output, receipt: Receipt) -> None:
    output.put(receipt_path(receipt.block_id), format_receipt(receipt))


def format_receipt(receipt: Receipt) -> bytes:
    return json.dumps(dataclasses.asdict(receipt), separators=(",", ":")).encode()


def parse_receipt(data: bytes) -> Receipt:
    values = json.loads(data)
    values["staged"] = [TableFile(**table) for table in values["staged"]]
    values["inputs"] = [InputCount(**count) for count in values["inputs"]]
    return Receipt(**values)
