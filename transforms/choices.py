"""Lists the values of those settings that have a closed list. Imports nothing of ours.

Code that only reads flags needs these lists, and should not have to import what gives them a
meaning.
"""

# These tell what a single newline means.
LINE_BREAKS = ("auto", "paragraph", "wrapped")
# These tell what the sentences table holds.
SENTENCES = ("text", "offsets", "none")
# These tell whether a document as a whole corrects the labels of its names.
DOCUMENT_LABELS = ("on", "off")
# --partition_by makes these of the date, as strftime writes them; its other names are kept columns.
DATE_PARTS = {"year": "%Y", "month": "%Y-%m"}
PRECISIONS = ("auto", "fp32", "bf16", "fp16", "int8")
# Of a date these can be told by its looks, and `auto` stands for all of them in this order.
DATE_FORMATS = ("auto", "iso8601", "rfc2822", "epoch")
