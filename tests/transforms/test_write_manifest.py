import json

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.output.output import Output
from transforms.output.published import Turn
from transforms.output.tables import table_schemas
from transforms.publish_tables import publish_group
from transforms.records import InputCount, InputStatus, Receipt
from transforms.write_manifest import write_manifest

SCHEMAS = table_schemas(pa.schema([]), {})


def publish(output, number, *counts):
    """Publishes a group of one block, which gives of each input (uri, status, records)."""
    inputs = [
        InputCount(uri, 1, "v", "jsonl.gz", status, records, records, 0, 0)
        for uri, status, records in counts
    ]
    receipt = Receipt(f"{number:08}", number, 0, [], inputs, sentences=0, words=0)
    return publish_group([receipt], output, SCHEMAS)


def test_inputs_of_several_groups_add_up_whatever_order_the_groups_come_in(tmp_path):
    output = Output(str(tmp_path))
    groups = [
        publish(
            output,
            0,
            ("b", InputStatus.COMPLETE, 1),
            ("c", InputStatus.COMPLETE, 2),
            ("a", InputStatus.FAILED, 0),
        ),
        publish(output, 1, ("c", InputStatus.FAILED, 0), ("d", InputStatus.FAILED, 0)),
        publish(
            output,
            2,
            ("d", InputStatus.FAILED, 0),
            ("c", InputStatus.COMPLETE, 4),
            ("b", InputStatus.COMPLETE, 8),
        ),
    ]
    stored = []
    for summaries in (groups, groups[::-1]):
        manifest = json.loads(
            write_manifest(summaries, SCHEMAS, {"plan": "p"}, Turn(output, "p", None))
        )
        stored.append((tmp_path / "inputs.parquet").read_bytes())
        assert manifest["counts"]["inputs"] == 4
    assert stored[0] == stored[1]
    rows = pq.read_table(tmp_path / "inputs.parquet").to_pylist()
    assert [(row["uri"], row["status"], row["records"], row["documents"]) for row in rows] == [
        ("a", InputStatus.FAILED, 0, 0),
        ("b", InputStatus.COMPLETE, 9, 9),
        ("c", InputStatus.PARTIAL, 6, 6),
        ("d", InputStatus.FAILED, 0, 0),
    ]
