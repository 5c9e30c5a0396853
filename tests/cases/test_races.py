"""Two at once, on a real database, each with its own session: one effect, no number twice."""

from threading import Thread

import pytest
from sqlalchemy import func, select

from app.access.models import PortalUser
from app.campaigns.models import Campaign
from app.cases import service as cases
from app.cases.models import Case, CaseEvent, Submission
from app.cases.states import State, Verdict
from app.certificates import service as certificates
from app.core.db import db, transaction
from app.core.errors import PortalError
from app.notices.models import Message
from app.people.models import Certificate
from tests import factories
from tests.conftest import DATABASE


def load(kind, row_id):
    return db.session.get(kind, row_id)


def test_two_clicks_on_send_send_once(there, together, db_session):
    case = factories.drafted(there)
    case_id, user_id = case.id, there.teacher.id

    def send():
        return cases.submit(load(PortalUser, user_id), load(Case, case_id)).state

    results = together(*[send] * 6)

    assert results.count(State.FORMAL_CHECK) == 1
    assert sum(isinstance(r, PortalError) for r in results) == 5
    for table in (Submission, CaseEvent, Message):
        found = db_session.scalar(select(func.count()).select_from(table).where(table.case_id == case_id))
        expected = {Submission: 1, CaseEvent: 2, Message: 2}[table]
        assert found == expected, table


def test_two_clicks_on_apply_open_one_case(there, together, db_session):
    user_id, campaign_id = there.teacher.id, there.campaign.id

    def apply():
        return cases.apply(load(PortalUser, user_id), campaign=load(Campaign, campaign_id)).id

    results = together(*[apply] * 4)

    assert len(set(results)) == 1
    assert db_session.scalar(select(func.count(Case.id)).where(Case.applicant_id == user_id)) == 1


def test_numbers_drawn_at_once_are_all_different_and_without_gap(there, together, db_session):
    made = []
    for _ in range(4):
        there.teacher = factories.teacher()
        made.append(factories.decided(there, Verdict.PASS).id)
    centre_id = there.centre.id

    def issue(case_id):
        return lambda: certificates.issue(load(PortalUser, centre_id), load(Case, case_id)).number

    results = together(*(issue(case_id) for case_id in made))

    assert sorted(results) == [f"桃園證號第B11500200{n}號" for n in range(1, 5)]


def test_one_case_gets_one_number(there, together, db_session):
    case_id, centre_id = factories.decided(there, Verdict.PASS).id, there.centre.id

    def issue():
        return certificates.issue(load(PortalUser, centre_id), load(Case, case_id)).number

    results = together(*[issue] * 3)

    assert sum(isinstance(r, PortalError) for r in results) == 2
    assert db_session.scalars(select(Certificate.number).where(Certificate.case_id == case_id)).all() == [
        "桃園證號第B115002001號"
    ]


@pytest.mark.skipif(
    DATABASE == "sqlite", reason="one writer at a time: nobody saves between the look and the sending"
)
def test_what_was_saved_while_the_page_stood_open_is_what_is_sent(there, app, db_session):
    case = factories.drafted(there)
    case_id, user_id = case.id, there.teacher.id
    db_session.commit()
    looked = [d.answers for d in case.documents]

    def save():
        kept = next(d for d in load(Case, case_id).documents if d.slot == "pre-observation")
        cases.save_document(
            load(PortalUser, user_id), load(Case, case_id), slot=kept.slot, form_code=kept.form_code,
            form_version=1, answers={"focus": "新的焦點"}, complete=True, version=kept.version,
        )  # fmt: skip

    def in_another_session():
        with app.app_context(), transaction():
            save()

    other = Thread(target=in_another_session)
    other.start()
    other.join(20)
    assert {"focus": "新的焦點"} not in looked
    cases.submit(there.teacher, case)
    sent = db_session.scalars(select(Submission).where(Submission.case_id == case_id)).one()
    assert {"focus": "新的焦點"} in [entry["answers"] for entry in sent.content]
