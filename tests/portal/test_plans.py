"""The pages of the seating plans: who may open them, that they hold nothing of anybody, that their words are there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("/toolbox/plans/", "/toolbox/plans/edit/")
SCRIPTS = ROOT / "app" / "static" / "js" / "live"
MINE = ("plan", "plan_editor", "plan_store", "plan_table", "plans", "stage", "flow", "at_task", "movement")


def words(page: str) -> dict[str, str]:
    """Every word list of a page, as words.js puts them together."""
    lists = re.findall(r'<script type="application/json" class="words">(.*?)</script>', page, re.S)
    return {key: text for part in lists for key, text in json.loads(part).items()}


@pytest.mark.parametrize("address", PAGES)
def test_teachers_and_reviewers_draw_plans_others_do_not(visit: Any, address: str) -> None:
    assert visit("teacher").get(address).status_code == 200
    assert visit("reviewer").get(address).status_code == 200
    assert visit("school").get(address).status_code == 403
    assert visit("county").get(address).status_code == 403


@pytest.mark.parametrize("address", PAGES)
def test_a_page_that_the_browser_keeps_names_nobody(visit: Any, address: str) -> None:
    page = visit("teacher").get(address).text
    assert "陳雅雯" not in page and "csrf" not in page
    assert 'data-user="' in page
    assert " style=" not in page and "onclick" not in page


def test_one_has_to_be_signed_in(app: Any) -> None:
    for address in PAGES:
        assert app.test_client().get(address).status_code in (302, 401)


@pytest.mark.parametrize("locale", ["zh_Hant_TW", "en"])
def test_every_word_that_a_script_asks_for_is_on_its_page(visit: Any, locale: str) -> None:
    teacher = visit("teacher")
    teacher.get(f"/lang/{locale}")
    pages = {
        "plans": words(teacher.get(PAGES[0]).text),
        "plan_editor": words(teacher.get(PAGES[1]).text),
        **{
            name: words(teacher.get(f"/toolbox/live/{address}/").text)
            for name, address in (
                ("flow", "verbal-flow"),
                ("at_task", "at-task"),
                ("movement", "teacher-movement"),
            )
        },
    }
    users = {
        "plan": tuple(pages),
        "plan_store": ("plan_editor",),
        "plan_table": ("plan_editor",),
        "stage": ("flow", "at_task", "movement"),
    }
    for script in MINE:
        source = (SCRIPTS / f"{script}.js").read_text(encoding="utf-8")
        asked = set(re.findall(r'\bt\("([^"]+)"', source))
        assert asked, script
        for page in users.get(script, (script,)):
            assert asked - set(pages[page]) == set(), (script, page)
        # A placeholder that nobody fills would stand on the screen.
        for key in asked:
            holes = set(re.findall(r"%\((\w+)\)s", pages[users.get(script, (script,))[0]][key]))
            assert holes <= set(re.findall(r"%\((\w+)\)s", key)) or key in ("part", "delete of"), key
