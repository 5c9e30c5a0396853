"""Pictures on the server: a Vega-Lite specification as a dict in, SVG text out, without any script in the page.

One look for the whole product: its font, and colours that keep their contrast on white; what a colour says is
also said by a shape or a word (the specifications see to that). The SVG has no style attribute, so the strict
content policy takes it, and no id that another picture on the same page could have.
"""

import json
import re
from functools import cache, lru_cache
from hashlib import sha256
from html import escape
from threading import Lock
from typing import Any

import pylopdf_fonts_zh_tw
import structlog
import vl_convert

from app.core import pdf

# Each at least 4.5:1 on white, told apart by the colour-blind (checked in the tests); the order is the use.
PINE, WARM, BLUE, PLUM, GREY = "#0b5a5f", "#a34a12", "#1f5fae", "#8a2f75", "#5b6670"
INK, SOFT, LINE = "#1b2b2e", "#4c5d61", "#dcd8cb"
SERIES = (PINE, WARM, BLUE, PLUM, GREY)
SHAPES = ("circle", "triangle-up", "square", "diamond", "cross")

log = structlog.get_logger()
_one_at_a_time = Lock()
_ID = re.compile(r'\bid="([^"]+)"')
# What the drawing says of its own parts; the picture has one label instead.
_PART_LABEL = re.compile(r' (?:role|aria-[a-z]+)="[^"<>]*"')

LOOK: dict[str, Any] = {
    "aria": False,  # one label for the picture; the table beside it has the values
    "background": "#ffffff",
    "font": "Noto Sans TC",
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": SOFT,
        "gridColor": LINE,
        "domainColor": SOFT,
        "tickColor": SOFT,
        "labelLimit": 260,
    },
    "legend": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": SOFT,
        "labelLimit": 260,
        "orient": "bottom",
        "columns": 4,
    },
    "header": {"labelFontSize": 12, "labelColor": INK, "titleColor": SOFT, "titleFontWeight": "normal"},
    "title": {"fontSize": 13, "fontWeight": "normal", "color": INK, "anchor": "start"},
    "text": {"fontSize": 12, "color": INK},
    "range": {"category": list(SERIES), "symbol": list(SHAPES)},
    "bar": {"color": PINE},
    "line": {"color": PINE},
    "point": {"color": PINE, "filled": True, "size": 70},
}


def svg(spec: dict[str, Any]) -> str:
    """The picture of a Vega-Lite specification; `spec["description"]` is what a screen reader says of it.

    Equal specifications are drawn once. A character that no font has is drawn as its code, 〔U+20BB7〕, and
    logged; `missing` tells which.
    """
    return _drawn(_canonical(spec))[0]


def missing(spec: dict[str, Any]) -> list[str]:
    """The characters of the specification that cannot be drawn."""
    return list(_drawn(_canonical(spec))[1])


def warm() -> None:
    """The first picture takes up to two seconds: draw it before anybody waits."""
    svg(
        {
            "description": "",
            "mark": "point",
            "data": {"values": [{"x": 0}]},
            "encoding": {"x": {"field": "x"}},
        }
    )


def _canonical(spec: dict[str, Any]) -> str:
    # Lazy translations become text here.
    return json.dumps(spec, ensure_ascii=False, sort_keys=True, default=str)


@cache
def _fonts() -> None:
    vl_convert.register_font_directory(str(pylopdf_fonts_zh_tw.sans_path().parent))


@lru_cache(200)
def _drawn(canonical: str) -> tuple[str, tuple[str, ...]]:
    spec, unknown = pdf.legible(json.loads(canonical))
    if unknown:
        log.warning("chart_glyphs", missing=unknown)
    spec["config"] = LOOK | spec.get("config", {})
    with _one_at_a_time:
        _fonts()
        drawn = str(vl_convert.vegalite_to_svg(spec))
    return _dressed(drawn, str(spec.get("description", "")), canonical), tuple(unknown)


def _dressed(drawn: str, description: str, canonical: str) -> str:
    """The SVG as one labelled picture whose ids are its own."""
    own = sha256(canonical.encode()).hexdigest()[:8]
    drawn = _PART_LABEL.sub("", drawn)
    # The library counts its ids on from picture to picture; ours are the same at every drawing.
    for n, found in enumerate(dict.fromkeys(_ID.findall(drawn))):
        drawn = drawn.replace(f'id="{found}"', f'id="c{own}-{n}"').replace(
            f"url(#{found})", f"url(#c{own}-{n})"
        )
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{escape(description)}" ', 1)
