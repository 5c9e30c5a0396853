"""What is kept of a sending, when, and what other documents have to do with it."""

from typing import Any

import pytest
from sqlalchemy import func, select

from app.campaigns.tracks import Track
from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Submission
from app.cases.states import State, Verdict
from app.core.db import db
from app.similarity import queries, service
from app.similarity.models import Fingerprint, Narrative
from app.similarity.queries import Relation, of_submission, proposal
from tests import factories
from tests.similarity.corpus import Writer, sent, write

PRE, LESSON, POST = "pre-observation", "observation", "post-observation"


@pytest.fixture
def writer() -> Writer:
    return Writer(21)


def rows() -> list[Any]:
    """Narratives and fingerprints, as they stand in the database."""
    db.session.expire_all()
    texts = db.session.execute(
        select(Narrative.id, Narrative.slot, Narrative.text).order_by(Narrative.id)
    ).all()
    marks = db.session.execute(
        select(Fingerprint.hash, Fingerprint.narrative_id).order_by("hash", "narrative_id")
    )
    return [*map(tuple, texts), *map(tuple, marks)]


def last(case: Any) -> Submission:
    return db.session.scalars(
        select(Submission).where(Submission.case_id == case.id).order_by(Submission.number.desc())
    ).first()  # type: ignore[return-value]


def test_sending_keeps_every_long_text(there: Any, writer: Writer) -> None:
    facts, insight, focus = writer.text(8), writer.text(6), writer.text(5)
    case = sent(
        there.campaign,
        {POST: {"facts": facts, "insight": insight}, PRE: {"focus": focus, "place": "教室" * 40}},
    )
    kept = {row.slot: row for row in db.session.scalars(select(Narrative))}
    assert set(kept) == {PRE, POST} and {row.case_id for row in kept.values()} == {case.id}
    assert (kept[POST].fields, kept[POST].text) == (["facts", "insight"], f"{facts}\f{insight}")
    assert kept[PRE].text == focus
    for text in (facts, insight, focus):
        assert queries.most_alike(text)[0].containment == 100


def test_rows_of_a_form_are_long_texts_too(there: Any, writer: Writer) -> None:
    from app.forms import registry
    from app.similarity.wording import narrative_fields

    row = {"time": "7:05", "teacher": writer.text(3), "pupils": writer.text(2), "note": "備註"}
    form = registry.build("anecdotal", 1, answers={"goals": "目標", "rows": [row, {}, row]})
    assert [part.name for part in narrative_fields(form)] == [
        "goals", "rows-0-teacher", "rows-0-pupils", "rows-2-teacher", "rows-2-pupils",
    ]  # fmt: skip
    rubric = registry.build("observation-101", 1)
    code = rubric.rubric_rows.rows[0].code if hasattr(rubric, "rubric_rows") else None
    assert code is None or not narrative_fields(rubric)


def test_a_repeat_does_nothing_and_a_reindex_makes_the_same(there: Any, writer: Writer) -> None:
    case = sent(there.campaign, {POST: {"facts": writer.text()}, PRE: {"focus": writer.text(6)}})
    before = rows()
    assert len(before) > 50
    assert service.index_submission(last(case)) == []
    assert rows() == before
    db.session.commit()
    assert service.reindex() == 2
    assert rows() == before


def test_a_reindex_reads_what_was_sent_before_there_was_an_index(there: Any, writer: Writer) -> None:
    case = sent(there.campaign, {POST: {"facts": writer.text()}})
    before = rows()
    db.session.execute(Narrative.__table__.delete())
    db.session.execute(Fingerprint.__table__.delete())
    db.session.commit()
    assert service.reindex() == 1
    again = rows()
    assert [row[2] for row in again[:1]] == [row[2] for row in before[:1]]
    assert {row[0] for row in again[1:]} == {row[0] for row in before[1:]}
    assert of_submission(last(case))[0].judged


def test_a_refused_sending_leaves_nothing(there: Any, writer: Writer, monkeypatch: Any) -> None:
    def fails(_ctx: Any) -> None:
        raise RuntimeError

    with workflow.transitioned.connected_to(fails), pytest.raises(RuntimeError):
        sent(there.campaign, {POST: {"facts": writer.text()}})
    db.session.rollback()
    assert rows() == []


def resent(there: Any, case: Any, texts: dict[str, dict[str, str]]) -> Submission:
    """Returned with the slots open, changed, and sent again."""
    factories.place(case, State.RETURNED, reopened=list(texts))
    write(case, texts)
    cases.submit(case.applicant, case)
    return last(case)


def test_a_form_sent_again_unchanged_keeps_its_row(there: Any, writer: Writer) -> None:
    facts, focus = writer.text(), writer.text(6)
    case = sent(there.campaign, {POST: {"facts": facts}, PRE: {"focus": focus}})
    first = last(case)
    second = resent(there, case, {POST: {"facts": writer.block(facts, 0.8)}})
    assert db.session.scalar(select(func.count(Narrative.id))) == 3
    slots = {f.narrative.slot: f for f in of_submission(second)}
    assert slots[PRE].narrative.submission_id == first.id
    assert slots[POST].narrative.submission_id == second.id
    [earlier] = slots[POST].matches
    assert earlier.relation is Relation.SAME_CASE and earlier.containment > 70
    assert slots[POST].highest == 0 and slots[POST].reaches is None
    # What a reviewer of the first sending saw does not change.
    assert [f.narrative.submission_id for f in of_submission(first)] == [first.id, first.id]


@pytest.mark.parametrize(("share", "verdict"), [(1, Verdict.FAIL), (0.75, Verdict.REVISE), (0.45, None)])
def test_the_thresholds_propose(there: Any, writer: Writer, share: float, verdict: Verdict | None) -> None:
    original = writer.text()
    first = sent(there.campaign, {POST: {"facts": original}})
    copy = sent(
        there.campaign, {POST: {"facts": writer.block(original, share)}, PRE: {"focus": writer.text(6)}}
    )
    findings = {f.narrative.slot: f for f in of_submission(last(copy))}
    assert findings[POST].reaches is verdict and findings[PRE].reaches is None
    assert proposal(findings.values()) is verdict
    assert findings[POST].closest.narrative.case_id == first.id
    assert findings[POST].closest.relation is Relation.OTHER
    # The one who wrote it first is not like a later copy.
    assert of_submission(last(first))[0].matches == []


def test_the_campaign_says_where_the_thresholds_are(db_session: Any, writer: Writer) -> None:
    strict = factories.campaign(similar_revise=30, similar_fail=40)
    original = writer.text()
    sent(strict, {POST: {"facts": original}})
    copy = sent(strict, {POST: {"facts": writer.block(original, 0.5)}})
    assert proposal(of_submission(last(copy))) is Verdict.FAIL


def test_a_text_that_was_copied_between_two_sendings_stays_its_writers(there: Any, writer: Writer) -> None:
    """The victim sends, a colleague copies and sends, the victim sends again with a few changes."""
    original = writer.text()
    victim = sent(there.campaign, {POST: {"facts": original}})
    thief = sent(there.campaign, {POST: {"facts": original}})
    again = resent(there, victim, {POST: {"facts": writer.block(original, 0.9)}})
    assert proposal(of_submission(last(thief))) is Verdict.FAIL
    [finding] = of_submission(again)
    assert finding.highest == 0 and [m.relation for m in finding.matches] == [Relation.SAME_CASE]
    # What the victim takes from the colleague after that is another matter.
    more = writer.text()
    sent(there.campaign, {POST: {"facts": more}})
    [finding] = of_submission(resent(there, victim, {POST: {"facts": more}}))
    assert finding.reaches is Verdict.FAIL


def test_another_case_of_the_same_teacher_is_named_and_does_not_count(there: Any, writer: Writer) -> None:
    facts = writer.text()
    case = sent(there.campaign, {POST: {"facts": facts}}, by=there.teacher)
    cases.withdraw(there.teacher, case, reason="明年再來")
    later = sent(there.campaign, {POST: {"facts": facts}}, by=there.teacher)
    [finding] = of_submission(last(later))
    assert [m.relation for m in finding.matches] == [Relation.SAME_TEACHER]
    assert finding.highest == 0 and proposal([finding]) is None


def test_two_observers_of_one_lesson_are_named_and_count(there: Any, writer: Writer) -> None:
    facts = writer.text()
    lesson = {"teacher": "王小明老師", "lesson_on": "2026-10-05"}
    talk = {"teacher": "王 小明", "held_on": "2026-10-07", "facts": facts}
    sent(there.campaign, {PRE: lesson, POST: talk})
    same = sent(there.campaign, {PRE: {**lesson, "lesson_on": "115/10/5", "teacher": "王小明"}, POST: talk})
    other = sent(
        there.campaign, {PRE: {**lesson, "lesson_on": "2026-10-06"}, POST: {**talk, "held_on": "2026-10-08"}}
    )
    [finding] = of_submission(last(same))
    assert [m.relation for m in finding.matches] == [Relation.SAME_LESSON] and finding.reaches is Verdict.FAIL
    [finding] = of_submission(last(other))
    assert {m.relation for m in finding.matches} == {Relation.OTHER}


def test_own_words_do_not_hide_a_colleagues(there: Any, writer: Writer) -> None:
    facts = writer.text()
    sent(there.campaign, {POST: {"facts": writer.block(facts, 0.7)}})
    case = sent(there.campaign, {POST: {"facts": facts}})
    for number in range(6):
        submission = resent(there, case, {POST: {"facts": f"{facts}第{number}次"}})
    [finding] = of_submission(submission, limit=3)
    assert [m.relation for m in finding.matches] == [Relation.SAME_CASE, Relation.SAME_CASE, Relation.OTHER]
    assert finding.reaches is None or finding.closest


def test_sending_asks_a_fixed_number_of_questions(there: Any, writer: Writer, count_queries: Any) -> None:
    def asked(texts: dict[str, dict[str, str]]) -> int:
        case = sent(there.campaign, texts)
        db.session.execute(Narrative.__table__.delete())
        db.session.execute(Fingerprint.__table__.delete())
        submission = last(case)
        service.index_submission(submission)
        db.session.execute(Narrative.__table__.delete())
        db.session.execute(Fingerprint.__table__.delete())
        db.session.expire_all()
        submission.content  # noqa: B018
        with count_queries() as queries:
            service.index_submission(submission)
        return len(queries)

    few = asked({POST: {"facts": writer.text(5)}})
    assert asked({POST: {"facts": writer.text(100), "insight": writer.text(100)}}) == few < 10


def test_every_track_may_be_compared(there: Any) -> None:
    """No form of any track is beyond reading."""
    from app.forms import registry
    from app.similarity.wording import narrative_fields

    assert len(Track) > 1
    for form in registry.all_forms():
        assert narrative_fields(registry.build(form.code, form.version, answers={})) == []
