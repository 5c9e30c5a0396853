"""Many at once on few cases: whatever happened, the database tells of one legal order of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.access.matrix import Role
from app.cases import service as cases
from app.cases import workflow
from app.cases.states import State
from app.certificates import service as certificates
from app.core.db import db
from app.reviews.service import deciding
from tests import factories
from tests.histories import Crowd, People, faults, listening

THREADS, DEEDS = 4, 25
# One account that may do every office's step.
ALL_OFFICES = (Role.COUNTY, Role.CENTRE)


@pytest.fixture
def hot(app, there, db_session):
    """Three cases that everybody works on, and who works on them."""
    teachers = {}
    for _ in range(3):
        there.teacher = factories.teacher(at_school=there.teacher.school)
        teachers[factories.drafted(there).id] = there.teacher.id
    office = factories.account(*ALL_OFFICES, place=factories.county())
    db_session.commit()
    return People(teachers, office.id, [reviewer.id for reviewer in there.reviewers])


def _rush(app, people, db_session, threads=THREADS):
    """All threads at once; returns what was done, told by those who did it."""

    def work(seed):
        crowd = Crowd(app, people, seed)
        return [crowd.one() for _ in range(DEEDS)]

    with listening(), ThreadPoolExecutor(threads) as pool:
        deeds = [deed for own in pool.map(work, range(threads)) for deed in own]
    # A new look: what was read before is as it was before.
    db_session.rollback()
    return deeds


def test_what_many_do_at_once_makes_a_legal_history(app, hot, db_session):
    deeds = _rush(app, hot, db_session)
    assert faults(deeds, sorted(hot.teachers)) == []
    # They did meet: some were done, some came too late.
    assert {deed.outcome for deed in deeds} == {"done", "refused"}
    assert {move for deed in deeds for move in deed.moves} >= {"submit", "formal_pass", "assign_first"}


def _to_the_decision(app, people, db_session):
    """Everything before the decision, done in order."""
    crowd = Crowd(app, people, 1)
    for case_id in people.teachers:
        case = crowd.case(case_id)
        for step in (crowd.submit, crowd.let_pass, crowd.assign):
            step(case_id)
        factories.reviewed(None, case)
    db_session.commit()


# -- the check itself: a portal with a fault must not pass -------------------------------------------------


def test_a_move_that_does_not_look_where_the_case_is_is_caught(app, hot, db_session, monkeypatch):
    monkeypatch.setattr(workflow, "answer", lambda ctx: workflow.YES)
    found = faults(_rush(app, hot, db_session), sorted(hot.teachers))
    assert any("is no move of the table" in fault for fault in found)


def test_a_save_that_forgets_the_version_is_caught(app, hot, db_session, monkeypatch):
    def blind(actor, case, *, slot, answers, version, **_rest):
        document = cases.chosen_document(case, slot)
        db.session.execute(
            db.update(type(document)).where(type(document).id == document.id).values(answers=answers)
        )
        return document

    monkeypatch.setattr(cases, "save_document", blind)
    found = faults(_rush(app, hot, db_session), sorted(hot.teachers))
    assert any("was given to" in fault for fault in found)


def test_a_decision_that_does_not_move_the_case_is_caught(app, hot, db_session, monkeypatch):
    real = workflow.fire

    def forgetful(actor, case, name, **more):
        return case if workflow.BY_NAME[name].verdict else real(actor, case, name, **more)

    monkeypatch.setattr(deciding.workflow, "fire", forgetful)
    _to_the_decision(app, hot, db_session)
    found = faults(_rush(app, hot, db_session), sorted(hot.teachers))
    assert any("decisions {'first_" in fault for fault in found)


def test_a_number_that_is_drawn_and_thrown_away_is_caught(app, hot, db_session, monkeypatch):
    real = certificates.draw_number

    def wasteful(campaign):
        real(campaign)
        return real(campaign)

    monkeypatch.setattr(certificates, "draw_number", wasteful)
    for case_id in hot.teachers:
        factories.place(db.session.get_one(factories.Case, case_id), State.PASSED)
    db_session.commit()
    deeds = _rush(app, hot, db_session)
    assert any("numbers given" in fault for fault in faults(deeds, sorted(hot.teachers)))
