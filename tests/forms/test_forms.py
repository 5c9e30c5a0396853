"""The three typed forms of 進階: answers, rows, rubric, prefill, views and comparison."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from app.forms.base import differences
from app.forms.observation_105 import ObservationForm105
from app.forms.post_observation_b import PostObservationB
from app.forms.pre_observation_a import PreObservationA

HEADER = {
    "teacher": "林怡君",
    "teacher_grade": "五年級",
    "teacher_subject": "數學",
    "unit": "分數",
    "periods_total": "6",
    "period_no": "2",
    "held_on": "110/1/4",
}


def observation(rubric: Any, **typed: str) -> ObservationForm105:
    return ObservationForm105(MultiDict(HEADER | typed), rubric=rubric)


def plan(*rows: dict[str, str]) -> PostObservationB:
    return PostObservationB(answers={"growth_plan": list(rows)})


# -- header and prefill ------------------------------------------------------------------------------------


def test_the_observer_comes_from_the_account_only() -> None:
    form = PreObservationA(MultiDict({"observer": "somebody else"}))
    form.prefill({"observer": "陳老師"})
    assert form.answers()["observer"] == "陳老師"
    assert ("observer", "陳老師") not in form.inputs()


def test_only_a_new_form_takes_the_header_over(rubric: Any) -> None:
    header = observation(rubric, place="教室").header_answers()
    new = PostObservationB()
    new.prefill({"observer": "陳", "header": header})
    assert (new.teacher.data, new.unit.data, new.period_no.data) == ("林怡君", "分數", 2)
    assert new.held_on.is_blank and new.place.is_blank
    saved = PostObservationB(answers={"unit": ""})
    saved.prefill({"observer": "陳", "header": header})
    assert saved.unit.is_blank


def test_a_new_form_is_empty_though_the_observer_is_known() -> None:
    form = PreObservationA()
    form.prefill({"observer": "陳"})
    assert form.is_empty


def test_summary_tells_documents_apart() -> None:
    assert PreObservationA(MultiDict(HEADER)).summary() == "林怡君 · 五年級 · 數學 · 分數 · 2021-01-04"


def test_complete_pre_observation() -> None:
    typed = HEADER | {"course_context": "脈絡", "focus": "焦點", "tool": "工具", "lesson_on": "110/1/5"}
    form = PreObservationA(MultiDict(typed | {"feedback_on": "110/1/6"}))
    assert form.problems() == []
    partly = PreObservationA(MultiDict(typed | {"feedback_on": "110/1/6", "role": "partial"}))
    assert [p.field_id for p in partly.problems()] == ["participation"]


# -- rubric ------------------------------------------------------------------------------------------------


def test_rows_are_the_observable_indicators_with_known_text(rubric: Any) -> None:
    rows = observation(rubric).ratings.rows
    assert [row.code for row in rows] == ["A-2", "B-1"]
    assert rows[0].checkpoint_titles == ["A-2-1 Title"]
    assert rows[1].title == "B-1 建立課堂規範"


def test_evidence_and_rating_are_asked_for_per_indicator(rubric: Any) -> None:
    form = observation(
        rubric, goals="x", **{"ratings-A-2-evidence": "one fact", "ratings-A-2-rating": "superb"}
    )
    found = {p.field_id: p.kind for p in form.problems()}
    assert found == {
        "ratings-A-2-evidence": "missing",
        "ratings-A-2-rating": "invalid",
        "ratings-B-1-evidence": "missing",
        "ratings-B-1-rating": "missing",
    }
    assert form.answers()["ratings"]["rows"]["A-2"] == {"evidence": "one fact", "rating": "superb"}


def test_two_lines_are_two_facts(rubric: Any) -> None:
    form = observation(rubric, **{"ratings-A-2-evidence": "one\n\ntwo\n"})
    assert "ratings-A-2-evidence" not in form.messages()


def test_answers_name_the_rubric(rubric: Any) -> None:
    stored = observation(rubric).answers()["ratings"]
    assert (stored["rubric"], stored["revision"]) == ("105", 1)


def test_a_rubric_form_without_rubric_is_refused() -> None:
    with pytest.raises(TypeError, match="rubric="):
        ObservationForm105()


def test_weak_indicators_start_the_growth_plan(rubric: Any) -> None:
    seen = observation(rubric, **{"ratings-A-2-rating": "developing", "ratings-B-1-rating": "excellent"})
    new = PostObservationB()
    new.prefill({"observer": "陳", "observation": seen})
    assert [row["indicator"] for row in new.growth_plan.answer()] == ["A-2 掌握教材內容"]
    assert new.growth_plan.suggestions["indicator"][0] == ("A-2 掌握教材內容", "A-2 Master the content")
    saved = PostObservationB(answers={"growth_plan": []})
    saved.prefill({"observer": "陳", "observation": seen})
    assert saved.growth_plan.is_blank


# -- rows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "order", "anchor"),
    [
        ("add", ["a", "b", "c", ""], "growth_plan-3"),
        ("remove-1", ["a", "c"], "growth_plan-0"),
        ("up-2", ["a", "c", "b"], "growth_plan-1"),
        ("down-0", ["b", "a", "c"], "growth_plan-1"),
        ("up-0", ["a", "b", "c"], "growth_plan-0"),
        ("down-2", ["a", "b", "c"], "growth_plan-2"),
        ("remove-9", ["a", "b", "c"], "growth_plan-9"),
    ],
)
def test_row_buttons_work_without_javascript(action: str, order: list[str], anchor: str) -> None:
    typed = {f"growth_plan-{n}-content": text for n, text in enumerate("abc")}
    form = PostObservationB(MultiDict(typed))
    assert form.apply_row_action(MultiDict({"rows-growth_plan": action})) == anchor
    assert [row["content"] for row in form.growth_plan.answer()] == order


@pytest.mark.parametrize("pressed", [{}, {"rows-growth_plan": "explode"}, {"rows-unit": "add"}])
def test_other_buttons_are_no_row_action(pressed: dict[str, str]) -> None:
    assert PostObservationB().apply_row_action(pressed) is None


def test_rows_stop_at_the_limit_and_one_always_shows() -> None:
    form = plan(*[{"content": "x"}] * 50)
    form.apply_row_action({"rows-growth_plan": "add"})
    assert len(form.growth_plan.entries) == 50
    one = plan({"content": "x"})
    one.apply_row_action({"rows-growth_plan": "remove-0"})
    assert len(one.growth_plan.entries) == 1
    assert one.growth_plan.is_blank


def test_gaps_and_strange_indices_in_row_names() -> None:
    form = PostObservationB(
        MultiDict({"growth_plan-7-content": "b", "growth_plan-2-content": "a", "growth_plan-²-x": ""})
    )
    assert [row["content"] for row in form.growth_plan.answer()] == ["a", "b"]


def test_blank_rows_ask_for_nothing_and_begun_rows_do() -> None:
    assert not [p for p in plan({}).problems() if p.field_id.startswith("growth_plan")]
    form = plan({}, {"content": "x", "method": "other", "due": "soon"})
    assert [(p.field_id, p.label) for p in form.problems() if p.field_id.startswith("growth_plan")] == [
        ("growth_plan-1-indicator", "成長指標, row 2"),
        ("growth_plan-1-method_other", "其他成長方式, row 2"),
        ("growth_plan-1-due", "預計完成日期, row 2"),
    ]


def test_helpers_in_rows_are_people_too() -> None:
    form = PostObservationB(answers={"teacher": "林", "growth_plan": [{"partner": "王"}, {}]})
    assert form.people() == ["林", "王"]


# -- views and comparison ----------------------------------------------------------------------------------


def test_blocks_hold_the_whole_sheet(rubric: Any) -> None:
    form = observation(rubric, **{"ratings-A-2-rating": "developing"})
    header, _goals, record = form.blocks("zh_Hant_TW", paper=True)
    assert {"label": "公開授課/教學觀察(觀課)日期", "value": "民國110年1月4日", "wide": False} in header[
        "blocks"
    ]
    table = record["blocks"][0]["table"]
    assert table["columns"] == ["指標與檢核重點", "事實摘要敘述", "評量"]
    assert table["rows"][0] == ["A-2 掌握教材內容\nA-2-1 連結新舊知能", "", "待成長"]


def test_blocks_leave_blank_rows_out() -> None:
    blocks = plan({"indicator": "A-2", "method": "reading"}, {}).blocks()
    assert blocks[3]["blocks"][0]["table"]["rows"] == [["A-2", "研讀書籍", "", "", "", ""]]


def test_differences_name_each_field_once(rubric: Any) -> None:
    mine = observation(rubric, goals="mine", **{"ratings-A-2-rating": "excellent"})
    theirs = observation(rubric, **{"ratings-A-2-rating": "developing"})
    assert [(d.name, d.a, d.b) for d in differences(mine, theirs)] == [
        ("goals", "mine", "(empty)"),
        ("ratings-A-2-rating", "優良", "待成長"),
    ]
    assert differences(mine, mine) == []


def test_a_conflict_is_resolved_field_by_field(rubric: Any) -> None:
    mine = observation(rubric, goals="mine", unit="mine", **{"ratings-A-2-evidence": "mine"})
    theirs = observation(rubric, goals="theirs", unit="theirs", **{"ratings-A-2-evidence": "theirs"})
    carried = MultiDict(
        [*mine.inputs(), ("choose-goals", "theirs"), ("choose-ratings-A-2-evidence", "theirs")]
    )
    merged = ObservationForm105(carried, theirs.answers(), rubric=rubric)
    merged.resolve(carried, theirs)
    assert merged.goals.data == "theirs"
    assert merged.unit.data == "mine"
    assert merged.answers()["ratings"]["rows"]["A-2"]["evidence"] == "theirs"


def test_rows_are_chosen_as_a_whole() -> None:
    mine, theirs = plan({"content": "mine"}), plan({"content": "x"}, {"content": "y"})
    assert [d.name for d in differences(mine, theirs)] == ["growth_plan"]
    mine.resolve({"choose-growth_plan": "theirs"}, theirs)
    assert [row["content"] for row in mine.growth_plan.answer()] == ["x", "y"]
