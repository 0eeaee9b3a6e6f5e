"""Build the icon sprite from Tabler's icons, so that only the icons we show are sent.

Add the name of an icon to `static/vendor/icons/icons.txt`, fetch the package once with
`npm pack @tabler/icons@3.51.0`, unpack it anywhere outside this repository, and run

    python -m mrc.web.sprite path/to/package/icons/outline
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ICONS = Path(__file__).parent.parent / "static" / "vendor" / "icons"
FRAME = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')
INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def wanted_icons() -> list[str]:
    """The names in `icons.txt`, one on each line, in alphabetical order."""
    return (ICONS / "icons.txt").read_text(encoding="utf-8").split()


def build_sprite(outlines: Path) -> str:
    """One SVG with a symbol for each wanted icon; colour and stroke come from the page."""
    symbols = [
        _symbol(name, (outlines / f"{name}.svg").read_text(encoding="utf-8")) for name in wanted_icons()
    ]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _symbol(name: str, drawing: str) -> str:
    inside = INSIDE.search(drawing)
    if inside is None:
        raise ValueError(name)
    paths = " ".join(FRAME.sub("", inside[1]).split()).replace("> <", "><").replace(" />", "/>")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{paths}</symbol>'


if __name__ == "__main__":
    (ICONS / "sprite.svg").write_text(build_sprite(Path(sys.argv[1])), encoding="utf-8")
