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
# A folder's name has this in place of a value that is null, in what other programs write.
HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"
PRECISIONS = ("auto", "fp32", "bf16", "fp16", "int8")
# --languages takes this word, or some of these. They are what CLD2 tells, by their ISO 639-1 codes,
# and those that have none by the codes of ISO 639-3.
ANY_LANGUAGE = "any"
_CODES = """
aa ab af ak am ar as ay az ba be bg bh bi bn bo br bs ca ceb chr co crs cs cy da de dv dz el en eo
es et eu fa fi fj fo fr fy ga gd gl gn gu gv ha haw he hi hmn hr ht hu hy ia id ie ig ik is it iu
ja jv ka kha kk kl km kn ko ks ku ky la lb lg lif ln lo lt lv mfe mg mi mk ml mn mr ms mt my na ne
nl nn no nr nso ny oc om or pa pl ps pt qu rm rn ro ru rw sa sco sd sg si sk sl sm sn so sq sr ss
st su sv sw syr ta te tg th ti tk tl tn to tr ts tt ug uk ur uz ve vi vo war wo xh yi yo za zh zu
"""
LANGUAGES = tuple(_CODES.split())
# Of a date these can be told by its looks, and `auto` stands for all of them in this order.
DATE_FORMATS = ("auto", "iso8601", "rfc2822", "epoch")
