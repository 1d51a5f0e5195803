"""Damages outputs as a faulty program would, whose lists have the bytes of what it wrote."""

import json

import pyarrow.parquet as pq

from transforms.output.output import Output, sha256


def list_anew(output: Output, path: str) -> None:
    """Has the lists tell what a part is now."""
    parts = pq.read_table(output.uri("parts.parquet")).to_pylist()
    for part in parts:
        if part["path"] == path:
            data = output.require(path)
            part |= {"sha256": sha256(data), "bytes": len(data)}
    schema = pq.read_schema(output.uri("parts.parquet"))
    pq.write_table(
        pq.read_table(output.uri("parts.parquet")).from_pylist(parts, schema),
        output.uri("parts.parquet"),
    )
    manifest = json.loads(output.require("manifest.json"))
    manifest["sha256"]["parts.parquet"] = sha256(output.require("parts.parquet"))
    output.put("manifest.json", json.dumps(manifest).encode())
