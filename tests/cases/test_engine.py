"""The engine of the transition table: what it refuses, what it writes, and that it does both at once."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.access import service as access
from app.access.matrix import Role
from app.campaigns.models import Office
from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Case, CaseEvent, Submission
from app.cases.states import ENDED, STATES, State, Verdict
from app.cases.workflow import BY_NAME, TRANSITIONS
from app.core.audit import AuditEntry
from app.core.errors import DeclarationError, Forbidden, Invalid, PortalError
from tests import factories
from tests.factories import drafted, place, sent


def test_a_wrong_source_is_refused_and_changes_nothing(there, db_session):
    case = drafted(there)
    with pytest.raises(PortalError) as refusal:
        workflow.fire(there.centre, case, "formal_pass")
    assert refusal.value.code == "not_possible"
    assert case.state is State.DRAFTING


def test_a_missing_permission_is_forbidden(there):
    case = sent(there)
    with pytest.raises(Forbidden):
        workflow.fire(there.teacher, case, "formal_pass")


def test_another_countys_office_is_forbidden(db_session):
    there = factories.world(checking_office=Office.COUNTY)
    case = sent(there)
    stranger = factories.account(Role.COUNTY, place=factories.county("連江"))
    with pytest.raises(Forbidden):
        workflow.fire(stranger, case, "formal_pass")
    workflow.fire(there.county, case, "formal_pass")
    assert case.state is State.FIRST_ASSIGN


def test_the_wrong_office_is_told_which_one_it_is(there):
    case = sent(there)  # the campaign's checking office is the centre
    with pytest.raises(PortalError) as refusal:
        workflow.fire(there.county, case, "formal_pass")
    assert "認證中心" in str(refusal.value.message)


def test_nobody_acts_for_an_office_in_the_own_case(there):
    case = sent(there)
    access.set_roles(None, user=there.teacher, roles=(Role.TEACHER, Role.CENTRE))
    with pytest.raises(PortalError) as refusal:
        workflow.fire(there.teacher, case, "formal_pass")
    assert refusal.value.code == "not_possible"
    assert case.state is State.FORMAL_CHECK


def test_an_appeal_opens_no_second_case(there):
    failed = factories.decided(there, Verdict.FAIL)
    factories.fill(failed, ["appeal"])
    there.campaign = factories.campaign(label_year=116)
    again = cases.apply(there.teacher, campaign=there.campaign)
    with pytest.raises(PortalError) as refusal:
        cases.file_appeal(there.teacher, failed)
    assert refusal.value.code == "not_possible"
    cases.withdraw(there.teacher, again, reason="改提申復")
    assert cases.file_appeal(there.teacher, failed).state is State.APPEAL_FILED


def test_a_guards_no_names_what_is_missing(there, db_session):
    case = cases.apply(there.teacher, campaign=there.campaign)
    factories.fill(case, case.campaign.slot_codes[:-1])
    with pytest.raises(PortalError) as refusal:
        cases.submit(there.teacher, case)
    assert "認證檢核表" in str(refusal.value.message)


def test_a_return_without_a_reason_is_invalid_and_a_coded_one_is_enough(there):
    case = sent(there)
    with pytest.raises(Invalid) as refusal:
        workflow.fire(there.centre, case, "formal_return", reason="  ")
    assert refusal.value.field == "reason"
    workflow.fire(there.centre, case, "formal_return", reasons=[{"slot": "checklist", "reason": "missing"}])
    assert case.state is State.RETURNED


def test_a_second_firing_finds_the_step_done(there):
    case = drafted(there)
    cases.submit(there.teacher, case)
    with pytest.raises(PortalError) as refusal:
        cases.submit(there.teacher, case)
    assert refusal.value.code == "already_sent"
    with pytest.raises(PortalError):
        workflow.fire(there.teacher, case, "submit")


def test_history_and_audit_get_one_row_each(there, db_session):
    case = sent(there)
    workflow.fire(there.centre, case, "formal_return", reason="未核章")

    event = db_session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
    ).all()[-1]
    assert (event.transition, event.source, event.target) == (
        "formal_return",
        State.FORMAL_CHECK,
        State.RETURNED,
    )
    assert (event.actor_id, event.actor_role, event.reason) == (there.centre.id, "centre", "未核章")
    entries = db_session.scalars(select(AuditEntry).where(AuditEntry.action == "case.formal_return")).all()
    assert [(e.actor_id, e.object_id, e.detail) for e in entries] == [
        (there.centre.id, str(case.id), {"source": "formal_check", "target": "returned"})
    ]
    assert case.reason == "未核章"


def test_what_follows_a_failed_effect_is_nothing(there, db_session, monkeypatch):
    case = drafted(there)
    db_session.commit()

    def broken(_ctx):
        raise RuntimeError("disk full")

    monkeypatch.setitem(workflow.EFFECTS, "take_snapshot", broken)
    with pytest.raises(RuntimeError):
        cases.submit(there.teacher, case)
    db_session.rollback()
    assert case.state is State.DRAFTING
    assert db_session.scalars(select(CaseEvent.transition).where(CaseEvent.case_id == case.id)).all() == [
        "apply"
    ]


# -- what is sent stays as it was ---------------------------------------------------------------------------


def test_a_snapshot_keeps_the_words_of_its_day(there, db_session):
    case = drafted(there)
    first = next(d for d in case.documents if d.slot == "pre-observation")
    first.answers = {"focus": "第一版"}
    cases.submit(there.teacher, case)
    workflow.fire(there.centre, case, "formal_return", reason="請補充")
    cases.save_document(
        there.teacher,
        case,
        slot=first.slot,
        form_code=first.form_code,
        form_version=1,
        answers={"focus": "第二版"},
        complete=True,
        version=first.version,
    )
    db_session.expire(case)
    cases.submit(there.teacher, case)

    kept = db_session.scalars(
        select(Submission).where(Submission.case_id == case.id).order_by(Submission.number)
    ).all()
    words = [next(c for c in s.content if c["slot"] == first.slot)["answers"]["focus"] for s in kept]
    assert words == ["第一版", "第二版"]
    assert [s.transition for s in kept] == ["submit", "resubmit"]
    assert kept[0].digest != kept[1].digest
    assert [c["slot"] for c in kept[0].content] == case.campaign.slot_codes


@pytest.mark.parametrize(
    ("table", "column"), [("submission", "digest"), ("case_event", "reason"), ("audit_entry", "action")]
)
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_refuses_to_change_what_was(there, db_session, table, column, verb):
    sent(there)
    db_session.commit()
    statement = f"update {table} set {column} = 'x'" if verb == "update" else f"delete from {table}"  # noqa: S608
    with pytest.raises(DatabaseError, match="append-only"):
        db_session.execute(text(statement))
    db_session.rollback()


def test_the_database_knows_only_states_of_the_table(there, db_session):
    case = drafted(there)
    with pytest.raises(IntegrityError):
        db_session.execute(
            text("update certification_case set state = 'lost' where id = :id"), {"id": case.id}
        )
    db_session.rollback()


# -- slots that open again ----------------------------------------------------------------------------------


def test_a_return_reopens_all_six_slots_and_a_revision_three(there):
    case = sent(there)
    workflow.fire(there.centre, case, "formal_return", reason="未核章")
    assert case.reopened == case.campaign.slot_codes
    cases.submit(there.teacher, case)
    assert case.reopened == []
    workflow.fire(there.centre, case, "formal_pass")
    factories.decided(there, Verdict.REVISE, case)
    assert case.reopened == ["pre-observation", "observation", "post-observation"]


def test_a_closed_slot_cannot_be_written(there):
    case = sent(there)
    kept = case.documents[0]
    with pytest.raises(PortalError) as refusal:
        cases.save_document(
            there.teacher,
            case,
            slot=kept.slot,
            form_code=kept.form_code,
            form_version=1,
            answers={},
            complete=False,
            version=kept.version,
        )
    assert refusal.value.code == "locked"


def test_what_no_form_can_read_is_not_stored(there):
    case = factories.drafted(there)
    kept = case.documents[0]
    with pytest.raises(Invalid) as refusal:
        cases.save_document(
            there.teacher,
            case,
            slot=kept.slot,
            form_code=kept.form_code,
            form_version=99,
            answers={},
            complete=False,
            version=kept.version,
        )
    assert refusal.value.code == "wrong_form"


# -- the question and the deed ------------------------------------------------------------------------------


@pytest.fixture
def cast(there):
    """Everybody who might try, and a case of the world."""
    people = {
        "applicant": there.teacher,
        "other teacher": factories.teacher(),
        "county": there.county,
        "other county": factories.account(Role.COUNTY, place=factories.county("連江")),
        "centre": there.centre,
        "reviewer": there.reviewers[0],
        "school": factories.account(Role.SCHOOL, at_school=factories.school()),
        "steward": factories.account(Role.STEWARD),
        "auditor": factories.account(Role.AUDITOR),
        "admin": factories.account(Role.ADMIN),
        "clock": None,
    }
    case = drafted(there)
    factories.fill(case, ["appeal"])
    return people, case


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_available_says_what_fire_does(cast, db_session, data):
    people, case = cast
    actor = people[data.draw(st.sampled_from(sorted(people)), label="actor")]
    state = data.draw(st.sampled_from(sorted(State)), label="state")
    inner = db_session.begin_nested()
    try:
        place(case, state)
        listed = dict((t.name, bool(a)) for t, a in workflow.available(actor, case))
        known = {t.name for t in TRANSITIONS if state in t.sources and workflow.exists_in(t, case.campaign)}
        assert set(listed) == known
        for name in BY_NAME:
            # Steps that a service completes say yes when asked and are fired by that service only.
            if set(BY_NAME[name].guards) & {
                *("reviewers_assigned", "decision_recorded", "number_given", "appeal_answered")
            }:
                continue
            deed = db_session.begin_nested()
            try:
                workflow.fire(actor, case, name, reason="理由")
                fired = True
            except PortalError:
                fired = False
            finally:
                deed.rollback()
                db_session.expire_all()
            assert fired == listed.get(name, False), name
    finally:
        inner.rollback()
        db_session.expire_all()


# -- the declaration ----------------------------------------------------------------------------------------


def test_a_rule_that_nobody_wrote_stops_the_start(app, monkeypatch):
    monkeypatch.delitem(workflow.GUARDS, "window_is_open")
    with pytest.raises(DeclarationError, match=r"submit.*window_is_open"):
        workflow.check_declarations()


def test_every_state_has_a_way_out_or_ends_the_case():
    leaving = {s for t in TRANSITIONS for s in t.sources}
    assert set(STATES) - leaving <= ENDED


def test_each_case_keeps_the_order_of_its_events(there, db_session):
    case = factories.decided(there, Verdict.PASS)
    rows = db_session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
    ).all()
    assert rows[0].transition == "apply"
    assert all(after.source == before.target for before, after in pairwise(rows))
    assert rows[-1].target is db_session.get(Case, case.id).state
