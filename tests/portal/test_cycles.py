"""Two observed lessons in one case: what is written of one stays with it."""

from typing import Any

import pytest

from tests.forms import sheets
from tests.portal.test_forms_all import Desk, opened

FIRST, SECOND = "游雅筑", "賴怡萱"


@pytest.fixture
def case(visit: Any, county: Any) -> Desk:
    return Desk(visit("teacher"), opened(county, "mentor"), county)


def save(case: Desk, slot: str, code: str, data: dict[str, str]) -> Any:
    return case.browser.submit(f"/cases/{case.case}/{slot}?form={code}", {"version": "0", **data})


def page(case: Desk, slot: str, code: str) -> str:
    return str(case.browser.get(f"/cases/{case.case}/{slot}?form={code}").text)


def planned(case: Desk, cycle: int, teacher: str, lesson: str) -> None:
    data = case.complete("pre-observation-a") | {
        "teacher": teacher,
        "lesson_on": lesson,
        "focus": f"焦點{cycle}",
    }
    assert save(case, f"pre-observation-{cycle}", "pre-observation-a", data).status_code == 303


def test_a_record_starts_from_the_talk_before_its_own_lesson(case: Desk) -> None:
    planned(case, 1, FIRST, "2026-10-05")
    for slot, code in (("pre-observation-2", "pre-observation-a"), ("observation-2", "verbatim")):
        empty = page(case, slot, code)
        assert FIRST not in empty and "2026-10-05" not in empty
    planned(case, 2, SECOND, "2026-10-19")
    first, second = (page(case, f"observation-{cycle}", "verbatim") for cycle in (1, 2))
    assert FIRST in first and 'value="2026-10-05"' in first and "焦點1" in first
    assert SECOND in second and 'value="2026-10-19"' in second and "焦點2" in second
    assert SECOND not in first and FIRST not in second


def test_the_talk_after_a_lesson_has_the_figures_of_that_lesson(case: Desk) -> None:
    data = case.complete("flanders")
    assert save(case, "observation-1", "flanders", data).status_code == 303
    assert "教師話語比率" in page(case, "post-observation-1", "post-observation-a")
    assert "教師話語比率" not in page(case, "post-observation-2", "post-observation-a")


def test_a_recording_goes_back_to_the_lesson_it_was_made_for(case: Desk) -> None:
    assert f"case={case.case}&amp;slot=observation-2" in page(case, "observation-2", "flanders")
    uid = case.recording("flanders")
    offered = case.browser.get(f"/toolbox/recordings/{uid}/").text
    for cycle in (1, 2):
        assert f"/cases/{case.case}/observation-{cycle}?form=flanders&amp;record={uid}" in offered
    taken = case.browser.get(f"/cases/{case.case}/observation-2?form=flanders&record={uid}").text
    assert f'value="{uid}" selected' in taken


def test_the_mentored_colleague_is_taken_over(case: Desk) -> None:
    save(case, "mentoring-plan", "mentoring-plan", {"mentee": FIRST, "mentee_grade": "三年級"})
    for slot, code in (("mentoring-log-2", "mentoring-log"), ("mentoring-case", "mentoring-case")):
        assert f'value="{FIRST}"' in page(case, slot, code)


def test_a_share_over_the_limit_is_said_at_its_place_and_nothing_is_lost(case: Desk) -> None:
    data = sheets.TYPED["mentor-recommendation"] | {"recommended_now": "2"}
    answer = save(case, "mentor-recommendation", "mentor-recommendation", data)
    assert answer.location.endswith("check=1")
    shown = case.browser.get(answer.location).text
    assert 'id="share-error"' in shown and "53.2 %" in shown and "樂於分享教室" in shown
