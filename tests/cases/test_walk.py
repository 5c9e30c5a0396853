"""Every transition of the table is walked at least once, through the services, to its target."""

from sqlalchemy import select

from app.cases import service as cases
from app.cases import workflow
from app.cases.models import CaseEvent, Submission
from app.cases.states import State, Verdict
from app.cases.workflow import TRANSITIONS
from app.certificates import service as certificates
from app.core import clock
from app.notices.models import Message
from app.people.models import Certificate, CertificateState
from tests import factories
from tests.factories import decided, drafted, fill, in_review, sent

WHY = "請補充具體事實"


def straight(there, frozen):
    """As most cases go."""
    case = decided(there, Verdict.PASS)
    certificates.issue(there.centre, case)
    return certificates.announce(there.centre, case)


def returned_once(there, frozen):
    """Returned, mended, sent again, passed with small corrections."""
    case = sent(there)
    workflow.fire(there.centre, case, "formal_return", reason=WHY)
    cases.submit(there.teacher, case)
    return decided(there, Verdict.MINOR, case)


def second_round(there, frozen, verdict=Verdict.PASS):
    """Revised and reviewed again."""
    case = decided(there, Verdict.REVISE)
    cases.submit(there.teacher, case)
    return decided(there, verdict, in_review(there, case))


def second_round_minor(there, frozen):
    return second_round(there, frozen, Verdict.MINOR)


def appeal_after_first(there, frozen):
    case = decided(there, Verdict.FAIL)
    fill(case, ["appeal"])
    return cases.file_appeal(there.teacher, case)


def second_failed(there, frozen):
    return second_round(there, frozen, Verdict.FAIL)


def withdrawn(there, frozen):
    return cases.withdraw(there.teacher, sent(there), reason="調校")


def lapsed(there, frozen):
    case = drafted(there)
    frozen.move_to(clock.days_after(clock.now(), 90), tick=False)
    return workflow.fire(None, case, "lapse")


ROADS = {
    straight: State.ANNOUNCED,
    returned_once: State.PASSED,
    second_round: State.PASSED,
    second_round_minor: State.PASSED,
    appeal_after_first: State.APPEAL_FILED,
    second_failed: State.SECOND_FAILED,
    withdrawn: State.WITHDRAWN,
    lapsed: State.LAPSED,
}


def test_the_roads_walk_the_whole_table_and_tell_of_it(db_session, frozen):
    """A new transition needs a road here; each step obeys its row and its notice reaches somebody."""
    start, walked = clock.now(), set()
    for year, (road, end) in enumerate(ROADS.items(), 101):
        frozen.move_to(start, tick=False)
        case = road(factories.world(label_year=year), frozen)
        assert case.state is end, road.__name__
        events = db_session.scalars(
            select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
        ).all()
        for event in events[1:]:
            row = workflow.BY_NAME[event.transition]
            assert event.source in row.sources and event.target is row.target, road.__name__
            walked.add(row.name)
    assert walked == {t.name for t in TRANSITIONS}
    assert set(db_session.scalars(select(Message.event))) == {t.notice for t in TRANSITIONS if t.notice}


def test_the_certificate_follows_the_case(there, db_session, frozen):
    case = straight(there, frozen)
    certificate = db_session.scalars(select(Certificate).where(Certificate.case_id == case.id)).one()
    assert certificate.number == "桃園證號第B115002001號"
    assert certificate.state is CertificateState.ANNOUNCED
    assert certificate.issued_at <= certificate.announced_at == case.state_since


def test_each_sending_leaves_a_snapshot(there, db_session, frozen):
    case = second_round(there, frozen)
    sent_as = db_session.scalars(
        select(Submission.transition).where(Submission.case_id == case.id).order_by(Submission.number)
    ).all()
    assert sent_as == ["submit", "resubmit_revised"]


def test_a_second_application_is_possible_only_after_the_first_has_ended(there, frozen):
    first = drafted(there)
    assert cases.apply(there.teacher, campaign=there.campaign) is first
    cases.withdraw(there.teacher, first, reason="重新開始")
    assert cases.apply(there.teacher, campaign=there.campaign) is not first
