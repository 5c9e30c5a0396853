"""Every transition of the table is walked at least once, through the services, to its target."""

from sqlalchemy import select

from app.access.matrix import Role
from app.campaigns import service as campaigns
from app.campaigns.tracks import Track
from app.cases import service as cases
from app.cases import workflow
from app.cases.models import CaseEvent, Submission
from app.cases.progress import steps
from app.cases.states import LOST, State, Verdict
from app.cases.workflow import TRANSITIONS
from app.certificates import service as certificates
from app.core import clock
from app.core.db import db
from app.notices.models import Message
from app.people import service as people
from app.people.models import Certificate, CertificateState
from app.reference.models import AppealGround, CourseType
from app.reference.queries import by_code
from app.reviews import service as reviews
from app.reviews.queries import ROUND_OF, assignments
from tests import factories
from tests.factories import LEVEL_OF, decided, drafted, fill, in_review, sent
from tests.reviews.conftest import judge

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


def others(number=2):
    elsewhere = factories.school(factories.county("臺北"))
    return [factories.account(Role.REVIEWER, at_school=elsewhere) for _ in range(number)]


def appealed(there, frozen, accepted=True):
    """The appeal is answered with a ground of its kind."""
    case = appeal_after_first(there, frozen)
    ground = select(AppealGround.code).where(AppealGround.accepts.is_(accepted))
    reviews.answer_appeal(
        there.office(case), case, accepted=accepted, grounds=[db.session.scalar(ground)], reason=WHY
    )
    return case


def appeal_refused(there, frozen):
    return appealed(there, frozen, accepted=False)


def appeal_decided(there, frozen, verdict=Verdict.PASS):
    """Other reviewers than before read it, and the office decides."""
    case = appealed(there, frozen)
    there.reviewers = others()
    return decided(there, verdict, in_review(there, case))


def appeal_minor(there, frozen):
    return appeal_decided(there, frozen, Verdict.MINOR)


def appeal_failed(there, frozen):
    return appeal_decided(there, frozen, Verdict.FAIL)


def appeal_revised(there, frozen):
    """What the appeal led to is revised and read by the reviewers of the appeal."""
    case = appeal_decided(there, frozen, Verdict.REVISE)
    cases.submit(there.teacher, case)
    there.reviewers = others()
    return decided(there, Verdict.PASS, in_review(there, case))


def disputed(there, case):
    """The sheets of the round disagree, a third reader is asked, and the decision follows."""
    round_ = ROUND_OF[case.state]
    for row, verdict in zip(assignments(case, round_), (Verdict.PASS, Verdict.FAIL), strict=True):
        judge(row, LEVEL_OF[verdict], verdict)
    reviews.add_reviewer(there.office(case), case, reviewer_id=others(1)[0].id)
    judge(assignments(case, round_)[-1], LEVEL_OF[Verdict.PASS], Verdict.PASS)
    # 6, 15 and 6: the mean is 9.
    reviews.decide(there.office(case), case, verdict=Verdict.PASS, reason="三位審查結果之平均")
    return case


def disputed_first(there, frozen):
    return disputed(there, in_review(there))


def disputed_second(there, frozen):
    case = decided(there, Verdict.REVISE)
    cases.submit(there.teacher, case)
    return disputed(there, in_review(there, case))


def disputed_appeal(there, frozen):
    case = appealed(there, frozen)
    there.reviewers = others()
    return disputed(there, in_review(there, case))


def renewal(there, **columns):
    """形式審查 of the first way of renewal, in the same county and year."""
    there.campaign = factories.campaign(
        track=Track.MENTOR_RENEWAL_1, label_year=there.campaign.label_year, **columns
    )
    there.teacher = factories.teacher(eligible=False)
    factories.earn(there.teacher, Track.MENTOR_RENEWAL_1)
    return sent(there)


def renewed_after_course(there, frozen):
    case = renewal(there)
    workflow.fire(there.centre, case, "formal_course")
    people.add_training(
        None, user=there.teacher, course=by_code(CourseType, "renewal-1-course"), finished_on=clock.today(),
        school_year=115, county_id=case.county_id, hours=case.campaign.course_hours,
    )  # fmt: skip
    return workflow.fire(there.centre, case, "course_done")


def course_missed(there, frozen):
    case = renewal(there)
    workflow.fire(there.centre, case, "formal_course")
    return workflow.fire(there.centre, case, "course_missed", reason="未參加研習")


def renewed_without_course(there, frozen):
    return workflow.fire(there.centre, renewal(there, course_hours=0), "formal_accept")


def second_failed(there, frozen):
    return second_round(there, frozen, Verdict.FAIL)


def withdrawn(there, frozen):
    return cases.withdraw(there.teacher, sent(there), reason="調校")


def lapsed(there, frozen):
    case = drafted(there)
    frozen.move_to(clock.days_after(clock.now(), 90), tick=False)
    return workflow.fire(None, case, "lapse")


def extended(there, frozen):
    """The clock closed the draft; the campaign is extended and the teacher finds everything as it was."""
    case = lapsed(there, frozen)
    kept = {document.slot for document in case.documents}
    campaigns.extend_campaign(
        there.county, there.campaign, until=clock.days_after(clock.now(), 7), reason="颱風停班停課"
    )
    assert cases.apply(there.teacher, campaign=there.campaign) is case
    assert {document.slot for document in case.documents} == kept == set(there.campaign.slot_codes)
    return cases.submit(there.teacher, case)


ROADS = {
    straight: State.ANNOUNCED,
    returned_once: State.PASSED,
    second_round: State.PASSED,
    second_round_minor: State.PASSED,
    appeal_after_first: State.APPEAL_FILED,
    second_failed: State.SECOND_FAILED,
    withdrawn: State.WITHDRAWN,
    lapsed: State.LAPSED,
    appeal_refused: State.APPEAL_REFUSED,
    appeal_decided: State.PASSED,
    appeal_minor: State.PASSED,
    appeal_failed: State.APPEAL_FAILED,
    appeal_revised: State.PASSED,
    disputed_first: State.PASSED,
    disputed_second: State.PASSED,
    disputed_appeal: State.PASSED,
    renewed_after_course: State.PASSED,
    renewed_without_course: State.PASSED,
    course_missed: State.LAPSED,
    extended: State.FORMAL_CHECK,
}


def is_drawn(ctx):
    """The progress picture names every state once, and says where the case stands."""
    case = ctx.case
    db.session.expire(case, ["events"])
    drawn = steps(case)
    labels = [step["label"] for step in drawn]
    assert len(set(labels)) == len(labels), labels
    marks = {step["label"]: step["state"] for step in drawn}
    ended = {State.ANNOUNCED: "done", **dict.fromkeys(LOST | {State.WITHDRAWN, State.LAPSED}, "bad")}
    assert marks[case.info.label] == ended.get(case.state, "current"), (case.state, marks)
    at = labels.index(case.info.label)
    assert "coming" not in list(marks.values())[:at] and set(list(marks.values())[at + 1 :]) <= {"coming"}


def test_the_roads_walk_the_whole_table_and_tell_of_it(db_session, frozen):
    """A new transition needs a road here; each step obeys its row, is drawn, and its notice reaches somebody."""
    start, walked = clock.now(), set()
    verdicts = {
        "first": [Verdict.PASS, Verdict.MINOR, Verdict.REVISE, Verdict.FAIL],
        "second": [Verdict.PASS, Verdict.MINOR, Verdict.FAIL],
        "appeal": list(Verdict),
    }
    for year, (road, end) in enumerate(ROADS.items(), 101):
        frozen.move_to(start, tick=False)
        with workflow.transitioned.connected_to(is_drawn):
            case = road(factories.world(label_year=year, verdicts=verdicts), frozen)
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
