"""Pictures on the server: safe for the content policy, labelled, no box for a character, colours that can be read."""

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import pytest

from app.core import charts
from app.observations.pictures.parts import COLOURS, SHADES


def spec(name: str = "教師發問", **more: Any) -> dict[str, Any]:
    return {
        "description": "圖的說明",
        "width": 200,
        "height": 80,
        "data": {"values": [{"a": name, "b": 3}, {"a": "學生", "b": 5}]},
        "mark": {"type": "bar", "clip": True},
        "encoding": {
            "x": {"field": "a", "type": "nominal"},
            "y": {"field": "b", "type": "quantitative"},
            "color": {"field": "b", "type": "quantitative"},
        },
        **more,
    }


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_is_one_labelled_picture_in_our_font() -> None:
    root = ElementTree.fromstring(charts.svg(spec()))
    assert root.get("role") == "img" and root.get("aria-label") == "圖的說明"
    assert not [
        node for node in root.iter() if node is not root and ({"role", "aria-label"} & set(node.keys()))
    ]
    texts = {node.text: node.get("font-family") for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert texts["教師發問"] == "Noto Sans TC"


def test_fits_the_content_policy() -> None:
    drawn = charts.svg(spec())
    assert "style=" not in drawn and "<style" not in drawn and "<script" not in drawn
    assert not re.search(r"\son[a-z]+=", drawn)


def test_ids_of_two_pictures_never_meet() -> None:
    first, second = (set(re.findall(r'id="([^"]+)"', charts.svg(spec(name)))) for name in ("甲", "乙"))
    assert first and second and not first & second
    drawn = charts.svg(spec("甲"))
    assert set(re.findall(r"url\(#([^)]+)\)", drawn)) <= first


def test_words_are_data_and_never_markup() -> None:
    drawn = charts.svg(spec('<script>alert("1")</script>', description='"><b>x</b>'))
    assert ElementTree.fromstring(drawn).get("aria-label") == '"><b>x</b>'
    assert "<script>" not in drawn and "<b>" not in drawn


def test_a_missing_character_is_said_never_a_box() -> None:
    drawn = charts.svg(spec("王𠮷明"))
    assert "𠮷" not in drawn and "〔U+20BB7〕" in drawn
    assert charts.missing(spec("王𠮷明")) == ["𠮷"]
    assert charts.missing(spec()) == []


def test_drawn_once_and_by_many_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda n: charts.svg(spec(f"第{n % 2}組")), range(8)))
    assert len(set(drawn)) == 2
    monkeypatch.setattr(charts.vl_convert, "vegalite_to_svg", None)
    assert charts.svg(spec("第0組")) == drawn[0]


def test_warm_draws_something() -> None:
    charts._drawn.cache_clear()
    charts.warm()
    assert charts._drawn.cache_info().currsize == 1


def test_colours_can_be_read_on_white() -> None:
    for colour in (*charts.SERIES, *COLOURS, charts.INK, charts.SOFT):
        assert contrast(colour, "#ffffff") >= 4.5, colour
    for step, colour in enumerate(SHADES):
        assert contrast(colour, "#ffffff" if step > 3 else charts.INK) >= 4.5, colour


def test_no_two_of_a_kind_share_colour_or_shape() -> None:
    for signs in (charts.SERIES, charts.SHAPES, COLOURS):
        assert all(a != b for a, b in combinations(signs, 2))
