"""The forms of the mentor tracks: weeks, the share of a school, the conditions of renewal."""

from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from app.forms.base import differences
from app.forms.mentor_recommendation import MentorRecommendation
from app.forms.mentoring_evidence import MentoringEvidence
from app.forms.mentoring_log import MentoringLog
from app.forms.mentoring_plan import MentoringPlan
from app.forms.period import days

DAY = date.fromisoformat


def recommendation(staff: Any, before: Any, now: Any, **context: Any) -> MentorRecommendation:
    counts = {"staff": str(staff), "recommended_before": str(before), "recommended_now": str(now)}
    form = MentorRecommendation(MultiDict(counts))
    form.prefill(context)
    return form


def evidence(*mentees: tuple[str, str, str], lessons: int = 0, **more: str) -> MentoringEvidence:
    typed = dict(more)
    for number, (name, start, end) in enumerate(mentees):
        typed |= {
            f"mentees-{number}-mentee": name,
            f"mentees-{number}-starts_on": start,
            f"mentees-{number}-ends_on": end,
        }
    typed |= {f"lessons-{n}-held_on": f"2024-03-{n + 1:02}" for n in range(lessons)}
    return MentoringEvidence(MultiDict(typed))


# 84 days are 12 weeks, the first and the last day included.
TWELVE = ("賴怡萱", "2024-02-12", "2024-05-05")
SHORT = ("賴怡萱", "2024-02-12", "2024-05-04")
OTHER = ("施冠廷", "113/9/2", "113/12/1")
RESEARCH = {"research": "提問與等待", "research_on": "2024-06-01"}
YEAR = {"role": "convenor", "starts_on": "2023-08-01", "ends_on": "2024-07-30"}


# -- the share ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("staff", "before", "now", "share", "fine"),
    [
        (32, 15, 1, "50 %", True),
        (32, 16, 1, "53.2 %", False),
        (33, 15, 1, "48.5 %", True),
        (33, 16, 1, "51.6 %", False),
        (2001, 1000, 1, "50.1 %", False),  # 50.02…: never shown as the limit itself
        (1, 0, 1, "100 %", False),
    ],
)
def test_at_most_half_of_the_posts(staff: int, before: int, now: int, share: str, fine: bool) -> None:
    form = recommendation(staff, before, now)
    assert form.share.text() == share
    assert ("share" not in form.messages(missing=False)) is fine


def test_the_campaign_may_set_another_share() -> None:
    assert "share" in recommendation(10, 3, 1, share=30).messages()
    assert "share" not in recommendation(10, 2, 1, share=30).messages()
    words = recommendation(10, 3, 1, share=30).messages()["share"]
    assert "30 %" in words and "3" in words and "4" in words


@pytest.mark.parametrize(
    ("staff", "before", "now"), [("", "", ""), ("0", "1", "1"), ("many", "1", "1"), ("9", "", "5")]
)
def test_nothing_is_worked_out_of_what_is_no_number(staff: str, before: str, now: str) -> None:
    form = recommendation(staff, before, now)
    assert form.share.is_blank and "share" not in form.messages()


def test_the_limit_comes_from_the_campaign_alone_and_is_kept() -> None:
    form = MentorRecommendation(MultiDict({"limit": "99", "teacher": "somebody else"}))
    form.prefill({"observer": "高慧君", "school": "市立東門國小", "share": 40})
    kept = form.answers()
    assert (kept["limit"], kept["teacher"], kept["school"]) == (40, "高慧君", "市立東門國小")
    assert MentorRecommendation(answers=kept).limit.data == 40
    assert kept["share"] is None
    new = MentorRecommendation()
    new.prefill({"observer": "高慧君", "school": "市立東門國小", "share": 50})
    assert new.is_empty


# -- weeks -------------------------------------------------------------------------------------------------


def test_weeks_are_whole_and_end_before_begin_is_no_period() -> None:
    plan = MentoringPlan(answers={"starts_on": "2024-02-12", "ends_on": "2024-05-05"})
    assert plan.weeks.text().startswith("12")
    assert (
        MentoringPlan(answers={"starts_on": "2024-02-12", "ends_on": "2024-05-04"})
        .weeks.text()
        .startswith("11")
    )
    wrong = MentoringPlan(answers={"starts_on": "2024-02-12", "ends_on": "2024-02-11"})
    assert wrong.weeks.is_blank and "ends_on" in wrong.messages(missing=False)
    assert "ends_on" not in MentoringPlan(answers={"starts_on": "x", "ends_on": "2024-02-11"}).messages()


def test_a_day_in_two_periods_counts_once() -> None:
    first, inside = (DAY("2024-01-01"), DAY("2024-01-31")), (DAY("2024-01-10"), DAY("2024-01-12"))
    over, after = (DAY("2024-01-20"), DAY("2024-02-05")), (DAY("2024-03-01"), DAY("2024-03-01"))
    assert days([after, over, inside, first]) == 31 + 5 + 1
    assert days([]) == 0


# -- the conditions of renewal -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "condition"),
    [
        (evidence(TWELVE, OTHER), "(1)"),
        (evidence(TWELVE), ""),
        (evidence(SHORT, OTHER), ""),
        (evidence(SHORT, OTHER, **RESEARCH), "(2)"),
        (evidence(TWELVE, ("賴怡萱", "2025-02-12", "2025-05-05")), ""),  # the same colleague twice is one
        (evidence(SHORT, ("賴 怡萱", "2024-05-05", "2024-05-05"), **RESEARCH), "(2)"),  # two periods of one
        (evidence(TWELVE, **RESEARCH), "(2)"),
        (evidence(TWELVE, research="提問與等待"), ""),
        (evidence(TWELVE, lessons=5), "(2)"),
        (evidence(TWELVE, lessons=4), ""),
        (evidence(TWELVE, **YEAR), "(2)"),
        (evidence(TWELVE, **YEAR | {"ends_on": "2024-07-29"}), ""),
        (evidence(**RESEARCH, **YEAR, lessons=5), ""),
    ],
)
def test_two_colleagues_or_one_and_one_of_three(form: MentoringEvidence, condition: str) -> None:
    assert condition in form.condition.text() if condition else form.condition.is_blank


def test_what_is_lacking_is_said_at_the_condition() -> None:
    words = evidence(TWELVE, SHORT).messages(missing=False)["condition"]
    assert "1" in words
    # An empty form is only asked for its rows.
    assert "condition" not in MentoringEvidence().messages()
    assert "mentees" in MentoringEvidence().messages()


def test_each_row_shows_its_weeks_and_stores_none() -> None:
    form = evidence(TWELVE, OTHER)
    table = form.blocks()[1]["blocks"][0]["table"]
    at = table["columns"].index(str(form.mentees.row().weeks.label.text))
    assert [row[at][:2] for row in table["rows"]] == ["12", "13"]
    assert [row["weeks"] for row in form.answers()["mentees"]] == [None, None]
    assert differences(form, MentoringEvidence(answers=form.answers())) == []


# -- who is named, and what is taken over ------------------------------------------------------------------


def test_colleagues_and_the_principal_are_people() -> None:
    assert evidence(TWELVE, OTHER).people() == ["賴怡萱", "施冠廷"]
    assert MentorRecommendation(answers={"principal": "彭玉蘭"}).people() == ["彭玉蘭"]
    assert MentoringLog(answers={"mentee": "游雅筑"}).people() == ["游雅筑"]


def test_the_colleague_goes_from_form_to_form_and_an_emptied_name_stays_empty() -> None:
    plan = MentoringPlan(answers={"mentee": "游雅筑", "mentee_grade": "三年級", "goal": "x"})
    log = MentoringLog()
    log.prefill({"observer": "高慧君", **plan.handover()})
    assert (log.mentor.data, log.mentee.data, log.mentee_grade.data) == ("高慧君", "游雅筑", "三年級")
    kept = MentoringLog(answers={"mentee": ""})
    kept.prefill({"observer": "高慧君", **plan.handover()})
    assert kept.mentee.is_blank
