"""Lets pages link to files of the repository that the site does not have, such as ../examples/.

On the site such a link becomes its text alone. A link to a file that is not there is a warning,
with which a strict build fails.
"""

import logging
import re
from pathlib import Path
from typing import Any

_LINK = re.compile(r"(?<!!)\[([^]]*)\]\(([^)#:]+)(?:#[^)]*)?\)")
_LOGGER = logging.getLogger("mkdocs.hooks.links_to_files")


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: Any) -> str:
    """Replaces the links of a page that lead out of the folder of the pages."""
    source, pages = Path(page.file.abs_src_path), Path(config.docs_dir)

    def replace(link: re.Match[str]) -> str:
        text, target = link.groups()
        path = (source.parent / target).resolve()
        if path.is_relative_to(pages):
            return link[0]
        if not path.exists():
            _LOGGER.warning("%s links to %s, which is not there", page.file.src_uri, target)
        return text

    return _LINK.sub(replace, markdown)
