"""Plots as the bytes of a PNG or SVG file, or as SVG inside a page.

No window is opened and the user's matplotlib settings are ignored, so the same input
gives the same picture. A label is never parsed as a formula. An SVG keeps its letters
as text, so that a viewer chooses the font; a PNG uses DejaVu Sans, which comes with
matplotlib.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any, NamedTuple
from xml.etree import ElementTree

import matplotlib
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font

from charnames.io.safe_text import escaped

SUFFIXES = (".png", ".svg")
LONGEST_LABEL = 24  # characters of a label at most
LARGEST = 20.0  # inches
CELL = 0.3  # inches, the side of a cell of a matrix
DASHES = ("-", "--", ":", "-.")  # one for every ten curves

_FONT = "DejaVu Sans"
_STYLE: dict[Any, Any] = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "font.family": _FONT,
    "grid.alpha": 0.3,
    "image.cmap": "Blues",
    "legend.frameon": False,
    "savefig.bbox": "tight",
    "savefig.dpi": 120,
    "svg.fonttype": "none",
    "svg.hashsalt": "charnames",  # the same identifiers each time
    "text.parse_math": False,
}
_NO_XML = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}

# Inside a page nothing is painted behind the plot, and the page's own colours take the
# place of matplotlib's: its text colour that of black, its variables those of C0 to C9.
_BLUE = "#1f77b4"
_SHADES = "charnames"  # the name of the colours of a matrix: clear to blue
if _SHADES not in matplotlib.colormaps:
    _shades = LinearSegmentedColormap.from_list(_SHADES, [f"{_BLUE}00", _BLUE])
    matplotlib.colormaps.register(_shades)
_IN_PAGE: dict[Any, Any] = {
    **_STYLE,
    "axes.facecolor": "none",
    "font.size": 9,
    "image.cmap": _SHADES,
    "savefig.facecolor": "none",
}
_PAGE_COLORS = {
    "#000000": "currentColor",
    **{
        matplotlib.colors.to_hex(color): f"var(--c{i})"
        for i, color in enumerate(matplotlib.color_sequences["tab10"])
    },
}
_COLOR = re.compile("|".join(_PAGE_COLORS))
_XLINK = "{http://www.w3.org/1999/xlink}href"
_LEFT_OUT = ("metadata", "style")  # elements of an SVG; their rules are the page's

Draw = Callable[[Figure], None]


def image_bytes(draw: Draw, suffix: str) -> bytes:
    """Draw on a figure; the bytes of a file with that suffix."""
    return _drawn(draw, suffix, _STYLE)


class Inline(NamedTuple):
    """An `svg` element for a page of HTML, and its width in inches."""

    svg: str
    width: float


def inline_svg(draw: Draw, prefix: str) -> Inline:
    """Draw on a figure; an `svg` element that stands in a page of HTML.

    It is as wide as there is room, and has the page's colours: `currentColor`, and the
    variables `--c0` to `--c9`. prefix: of its identifiers, one for each plot of a page.
    """
    root = ElementTree.fromstring(_drawn(draw, ".svg", _IN_PAGE))
    for element in [*root.iter()]:
        for child in [*element]:
            if child.tag.rpartition("}")[2] in _LEFT_OUT:
                element.remove(child)
        element.tag = element.tag.rpartition("}")[2]
        if element.tag == "g":
            element.attrib.pop("id", None)  # which nothing refers to
        element.attrib = {
            "href" if name == _XLINK else name: _for_page(name, value, prefix)
            for name, value in element.attrib.items()
        }
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    width = float(root.attrib["viewBox"].split()[2]) / 72
    return Inline(ElementTree.tostring(root, encoding="unicode"), width)


def _for_page(name: str, value: str, prefix: str) -> str:
    """The value of an attribute with the page's colours and its own identifiers."""
    if name == "id":
        return f"{prefix}-{value}"
    if name == _XLINK:
        return f"#{prefix}-{value[1:]}" if value.startswith("#") else value
    value = value.replace("url(#", f"url(#{prefix}-")
    return _COLOR.sub(lambda match: _PAGE_COLORS[match[0]], value)


def _drawn(draw: Draw, suffix: str, style: Mapping[Any, Any]) -> bytes:
    stream = BytesIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(style)
        figure = Figure()
        draw(figure)
        undated = {"Date": None} if suffix == ".svg" else None
        figure.savefig(stream, format=suffix[1:], metadata=undated)
    return stream.getvalue()


def missing(texts: Iterable[str]) -> str:
    """The characters that the font of a PNG lacks."""
    glyphs = get_font(findfont(_FONT)).get_charmap()
    letters = set("".join(map(cut, texts)))
    return "".join(sorted(c for c in letters if ord(c) not in glyphs))


def cut(text: str, longest: int = LONGEST_LABEL) -> str:
    """A label cut to a length, without characters that XML cannot hold."""
    text = escaped(text).translate(_NO_XML)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
