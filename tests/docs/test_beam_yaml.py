"""The page of Beam YAML has the arguments and the defaults of the transform."""

import inspect
import re

from tests.places import ROOT
from transforms.tag_entities import TagEntities

PAGE = (ROOT / "docs" / "how-to" / "beam-yaml.md").read_text()
ROWS = re.findall(r"^\| `(\w+)` \| (.*?) \|", PAGE, re.MULTILINE)


def test_every_argument_stands_there_with_its_default():
    arguments = inspect.signature(TagEntities).parameters
    shown = {name: default for name, default in ROWS if name in arguments}
    assert shown.keys() == arguments.keys()
    for name, default in shown.items():
        value = arguments[name].default
        value = " ".join(value) if isinstance(value, tuple) else value
        said = default.strip("`").replace(",", "")
        # Where there is none, the page says in words what happens then.
        # YAML writes `true` for True.
        assert said in (str(value), str(value).lower()) or value in (None, ""), name
