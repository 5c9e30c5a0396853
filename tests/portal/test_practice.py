"""Practice mode: the shipped lesson is sound, the page works without a script, nothing is kept."""

import re
from itertools import pairwise
from typing import Any

import pytest


@pytest.fixture
def lines(app: Any) -> list[dict[str, Any]]:
    from app.portal.practice import lesson

    with app.app_context():
        return lesson()["lines"]


def address(codes: list[Any]) -> str:
    return "/toolbox/practice/?" + "&".join(f"c={code or ''}" for code in codes)


def numbers(page: str) -> list[str]:
    return re.findall(r'class="practice-number">([^<]+)<', page)


def test_the_lesson_is_sound(lines: Any) -> None:
    from app.observations.words import GROUND_RULES

    assert len(lines) >= 60
    assert {line["key"] for line in lines} == set(range(1, 11))
    assert {line["rule"] for line in lines} - {None} == set(GROUND_RULES)
    assert all(a["t"] < b["t"] for a, b in pairwise(lines))
    for line in lines:
        assert line["zh"] and line["en"]
        talks = {"teacher": range(1, 8), "pupil": (8, 9), "none": (10,)}[line["speaker"]]
        assert line["key"] in talks, line


def test_a_choice_for_each_line_without_a_script(visit: Any, lines: Any) -> None:
    page = visit("teacher").get("/toolbox/practice/").text
    assert page.count('name="c"') == len(lines) == len(re.findall(r'<label for="c\d+">', page))
    assert "practice-values" not in page
    assert re.search(r"<section[^>]* hidden data-player", page)


def test_the_whole_key_agrees(visit: Any, lines: Any) -> None:
    page = visit("teacher").get(address([line["key"] for line in lines])).text
    assert numbers(page) == ["100.0%", "1.00", "0"]
    assert "practice-miss" not in page


def test_a_miss_names_its_ground_rule(visit: Any, lines: Any) -> None:
    codes = [line["key"] for line in lines]
    at = next(n for n, line in enumerate(lines) if line["rule"] == "jokes")
    codes[at], codes[0] = 5, None
    page = visit("teacher").get(address(codes)).text
    n = len(lines) - 1
    assert numbers(page)[0] == f"{100 * (n - 1) / n:.1f}%"
    assert numbers(page)[2] == "1"
    assert page.count('class="practice-miss"') == 2


def test_kappa_is_refused_with_one_category(visit: Any, lines: Any) -> None:
    first = next(n for n, line in enumerate(lines) if line["key"] == 10)
    codes = [None] * len(lines)
    codes[first] = 10
    assert numbers(visit("teacher").get(address(codes)).text)[:2] == ["100.0%", "—"]


@pytest.mark.parametrize("codes", [["x"], ["11", "0", "-1", "²"], [5] * 500, [None]])
def test_a_bent_address_breaks_nothing(visit: Any, codes: Any) -> None:
    assert visit("teacher").get(address(codes)).status_code == 200


def test_both_languages(visit: Any, lines: Any) -> None:
    client = visit("teacher")
    assert lines[0]["zh"] in client.get("/toolbox/practice/").text
    client.get("/lang/en")
    assert lines[0]["en"] in client.get("/toolbox/practice/").text


def test_one_must_be_signed_in(client: Any) -> None:
    assert client.get("/toolbox/practice/").status_code == 302
