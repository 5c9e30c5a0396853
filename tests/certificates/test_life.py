"""The whole life of cases as a machine: anybody tries anything at any time, and what must hold still holds."""

import json
from datetime import timedelta
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import func, select

from app import jobs
from app.access.matrix import Role
from app.access.models import PortalUser
from app.campaigns.models import Office
from app.cases import service as cases
from app.cases import workflow
from app.cases.models import Case, CaseEvent, Submission
from app.cases.offices import office_of
from app.cases.queries import slot_editable
from app.cases.states import EDITABLE, ENDED, FAILED, Round, State, Verdict
from app.certificates import service as certificates
from app.core import clock
from app.core.audit import AuditEntry
from app.core.db import db, transaction
from app.core.errors import PortalError
from app.core.outbox import OutboxMail
from app.notices.models import Message
from app.people.models import Certificate
from app.reviews import service as reviews
from app.reviews.models import Decision, SheetState
from app.reviews.queries import ROUND_OF, assignments, sheet_items
from tests import factories

YEARS = count(200)
VERDICTS = st.sampled_from(list(Verdict))
REASONS = st.sampled_from(["", "請補充具體事實"])
SECOND = timedelta(seconds=1)
NEXT = {
    State.DRAFTING: ["submit"],
    State.FORMAL_CHECK: ["formal_check"],
    State.RETURNED: ["fill", "submit", "wait"],
    State.FIRST_ASSIGN: ["assign"],
    State.FIRST_REVIEW: ["review"],
    State.FIRST_DECISION: ["decide"],
    State.REVISING: ["fill", "submit", "wait"],
    State.SECOND_ASSIGN: ["assign"],
    State.SECOND_REVIEW: ["review"],
    State.SECOND_DECISION: ["decide"],
    State.FIRST_FAILED: ["appeal"],
    State.SECOND_FAILED: ["appeal"],
    State.PASSED: ["issue", "issue_all"],
    State.ISSUED: ["announce"],
}
ANYTHING = sorted({step for steps in NEXT.values() for step in steps} | {"apply", "withdraw", "meddle"})


@pytest.fixture
def cast(db_session):
    """Everybody who acts in all the examples."""
    elsewhere, home = factories.school(factories.county("臺北")), factories.school()
    people = {
        "county": factories.account(Role.COUNTY, place=factories.county()),
        "other county": factories.account(Role.COUNTY, place=factories.county("連江")),
        "centre": factories.account(Role.CENTRE),
        "school": factories.account(Role.SCHOOL, at_school=home),
        "admin": factories.account(Role.ADMIN),
        **{f"reviewer{n}": factories.account(Role.REVIEWER, at_school=elsewhere) for n in range(3)},
        "colleague": factories.account(Role.REVIEWER, at_school=home),
    }
    db_session.commit()
    return {name: user.id for name, user in people.items()}


class Life(RuleBasedStateMachine):
    """Each rule is one transaction; a refusal must leave everything as it was."""

    cast: dict[str, int]

    @initialize(
        offices=st.tuples(*[st.sampled_from(list(Office))] * 4),
        reviewers=st.integers(1, 2),
        bands=st.booleans(),
    )
    def open_campaign(self, offices, reviewers, bands):
        self.moment = clock.now()
        # New ones each time: a case left open in an earlier example would be theirs.
        self.cast = type(self).cast | {f"teacher{n}": factories.teacher().id for n in range(2)}
        names = ("checking_office", "assigning_office", "deciding_office", "issuing_office")
        self.campaign = factories.campaign(
            label_year=next(YEARS),
            cohorts=[114],
            reviewers_per_case=reviewers,
            bands={"first": [{"from": 6, "to": 11, "verdict": "pass"}]} if bands else {},
            **dict(zip(names, offices, strict=True)),
        )
        db.session.commit()
        self.sent: dict[int, str] = {}
        self.sheets: dict[int, str] = {}

    # -- helpers ------------------------------------------------------------------------------------------

    def user(self, name):
        return db.session.get(PortalUser, self.cast[name])

    def all(self):
        return db.session.scalars(
            select(Case).where(Case.campaign_id == self.campaign.id).order_by(Case.id)
        ).all()

    def odd(self, data, label):
        """Whether to do something unfitting here; never while the case is being helped along."""
        return not self.fitting and data.draw(st.booleans(), label=label)

    def actor(self, data, right):
        if self.odd(data, "stranger"):
            return self.user(data.draw(st.sampled_from(sorted(self.cast)), label="actor"))
        return right

    def office(self, case, data):
        role = office_of(case, case.info.holder)
        return self.actor(data, self.user(role.value if role else "centre"))

    def attempt(self, deed):
        """Run `deed` in a transaction; a refusal changes nothing at all."""
        before = self.picture()
        try:
            with clock.told_at(self.moment), transaction():
                deed()
            db.session.expire_all()
            self.check()
        except PortalError as refusal:
            assert str(refusal.message)
            db.session.expire_all()
            assert self.picture() == before

    def picture(self):
        tables = (CaseEvent, Submission, Decision, Certificate, Message, OutboxMail, AuditEntry)
        counts = [db.session.scalar(select(func.count()).select_from(table)) for table in tables]
        return counts, [(case.id, case.state, case.version) for case in self.all()]

    # -- the two kinds of steps ---------------------------------------------------------------------------

    @rule(data=st.data())
    def onward(self, data):
        """What comes next, done by whom it belongs to; the outcome is drawn."""
        self.step(data, fitting=True)

    @rule(data=st.data())
    def anything(self, data):
        """Any step on any case by anybody."""
        self.step(data, fitting=False)

    def step(self, data, *, fitting):
        self.fitting = fitting
        going = [case for case in self.all() if case.state in NEXT]
        if not going or (len(going) < 2 and data.draw(st.booleans(), label="another")):
            return self.apply(data)
        case = data.draw(st.sampled_from(going), label="case")
        steps = NEXT[case.state] if fitting else ANYTHING
        return getattr(self, data.draw(st.sampled_from(steps), label="step"))(data, case)

    # -- what people do -----------------------------------------------------------------------------------

    def apply(self, data, _case=None):
        who = self.user(data.draw(st.sampled_from(["teacher0", "teacher1"]), label="who"))
        self.attempt(lambda: cases.apply(who, campaign=self.campaign))

    def fill(self, data, case):
        slot = data.draw(st.sampled_from([*case.campaign.slot_codes, "appeal"]), label="slot")
        kept = next((d for d in case.documents if d.slot == slot and d.chosen), None)
        form = kept.form_code if kept else (case.campaign.forms_for(slot) or ["appeal"])[0]
        text = data.draw(st.sampled_from(["", "第一版", "第二版"]), label="text")
        actor = self.actor(data, case.applicant)
        open_, version = slot_editable(case, slot), kept.version if kept else 0

        def write():
            cases.save_document(
                actor, case, slot=slot, form_code=form, form_version=1, answers={"text": text}, complete=True,
                version=version,
            )  # fmt: skip
            assert open_ and actor.id == case.applicant_id

        self.attempt(write)

    def submit(self, data, case):
        if self.fitting and case.state is State.DRAFTING:
            factories.fill(case)
            db.session.commit()
        actor = self.actor(data, case.applicant)
        self.attempt(lambda: cases.submit(actor, case))

    def formal_check(self, data, case):
        actor, reason = self.office(case, data), data.draw(REASONS)
        name = data.draw(st.sampled_from(["formal_pass", "formal_pass", "formal_return"]))
        self.attempt(lambda: workflow.fire(actor, case, name, reason=reason))

    def assign(self, data, case):
        actor, number = self.office(case, data), self.campaign.reviewers_per_case
        chosen = [self.cast[f"reviewer{n}"] for n in range(number)]
        if self.odd(data, "others"):
            chosen = data.draw(st.lists(st.sampled_from(sorted(self.cast.values())), min_size=1, max_size=3))

        def give():
            reviews.assign(actor, case, reviewer_ids=chosen)
            rows = assignments(case, ROUND_OF[case.state])
            assert len(rows) == number and case.applicant_id not in chosen
            assert self.cast["colleague"] not in chosen

        self.attempt(give)

    def review(self, data, case):
        rows = assignments(case)
        waiting = [r for r in rows if not (r.sheet and r.sheet.state is SheetState.SENT)]
        if not rows:
            return
        row = (waiting or rows)[0] if self.fitting else data.draw(st.sampled_from(rows), label="assignment")
        actor, verdict = self.actor(data, row.reviewer), data.draw(VERDICTS)
        if self.fitting and row.round is Round.SECOND and verdict is Verdict.REVISE:
            verdict = Verdict.PASS
        items = [item.code for item in sheet_items(case.track)][self.odd(data, "unfinished") :]
        level, version = data.draw(st.integers(2, 5)), row.sheet.version if row.sheet else 0

        def judge():
            reviews.save_sheet(
                actor, row, levels=dict.fromkeys(items, level), comments={}, remark="說明", verdict=verdict,
                version=version,
            )  # fmt: skip
            reviews.send_sheet(actor, row)

        self.attempt(judge)

    def decide(self, data, case):
        actor, verdict, reason = self.office(case, data), data.draw(VERDICTS), data.draw(REASONS)
        self.attempt(lambda: reviews.decide(actor, case, verdict=verdict, reason=reason))

    def issue(self, data, case):
        actor = self.office(case, data)
        self.attempt(lambda: certificates.issue(actor, case))

    def issue_all(self, data, case):
        actor = self.office(case, data)
        self.attempt(lambda: certificates.issue_batch(actor, campaign=self.campaign))

    def announce(self, data, case):
        actor = self.office(case, data)
        self.attempt(lambda: certificates.announce(actor, case))

    def withdraw(self, data, case):
        reason = data.draw(REASONS)
        self.attempt(lambda: cases.withdraw(case.applicant, case, reason=reason))

    def appeal(self, data, case):
        if case.state in FAILED:
            factories.fill(case, ["appeal"])
            db.session.commit()
        self.attempt(lambda: cases.file_appeal(case.applicant, case))

    def meddle(self, data, case):
        """A step by its name, around the services: the guards alone must hold."""
        actor = self.user(data.draw(st.sampled_from(sorted(self.cast)), label="actor"))
        name = data.draw(st.sampled_from(sorted(workflow.BY_NAME)), label="transition")
        self.attempt(lambda: workflow.fire(actor, case, name, reason="試"))

    def wait(self, data, _case):
        """The clock goes on, and what is late lapses."""
        self.moment += timedelta(days=data.draw(st.integers(1, 25), label="days"))
        late = {
            case.id
            for case in self.all()
            if case.state is State.LAPSED
            or (case.state is State.DRAFTING and self.moment >= self.campaign.closes_at + SECOND)
            or (case.state in (State.RETURNED, State.REVISING) and self.moment >= case.due_at + SECOND)
        }
        with clock.told_at(self.moment):
            jobs.lapse_due()
        db.session.expire_all()
        assert {case.id for case in self.all() if case.state is State.LAPSED} == late
        self.check()

    # -- what must hold -----------------------------------------------------------------------------------

    def check(self):
        found = self.all()
        for case in found:
            self.history(case)
            self.decided_once(case)
            self.kept(case)
            assert case.state in EDITABLE or not case.reopened
            assert (case.due_at is not None) == (case.state in {State.RETURNED, State.REVISING, *FAILED})
        open_ = [case.applicant_id for case in found if case.state not in ENDED]
        assert len(open_) == len(set(open_))
        self.numbers(found)

    def history(self, case):
        events = db.session.scalars(
            select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
        ).all()
        assert (events[0].transition, events[-1].target) == ("apply", case.state)
        assert all(a.target is b.source and a.at <= b.at for a, b in pairwise(events))
        own = select(AuditEntry.action).where(
            AuditEntry.object_type == "Case", AuditEntry.object_id == str(case.id)
        )
        moves = {f"case.{name}" for name in (*workflow.BY_NAME, "apply")}
        audited = db.session.scalars(own.order_by(AuditEntry.id)).all()
        assert [action for action in audited if action in moves] == [f"case.{e.transition}" for e in events]
        told = db.session.scalars(select(Message.key).where(Message.case_id == case.id)).all()
        mailed = set(db.session.scalars(select(OutboxMail.key).where(OutboxMail.key.in_(told))))
        assert set(told) == mailed and len(told) == len(set(told))
        expected = set()
        for event in events[1:]:
            row = workflow.BY_NAME[event.transition]
            assert event.source in row.sources and event.target is row.target
            assert (event.actor_id is None) == (row.name == "lapse")
            if row.notice:
                expected.add(f"{event.id}:{row.notice}")
        assert {key.rsplit(":", 1)[0] for key in told} == expected

    def decided_once(self, case):
        rows = db.session.scalars(select(Decision).where(Decision.case_id == case.id)).all()
        names = select(CaseEvent.transition).where(CaseEvent.case_id == case.id)
        verdicts = [f"{round_}_{verdict}" for round_ in Round for verdict in Verdict]
        moves = [name for name in db.session.scalars(names) if name in verdicts]
        assert sorted(moves) == sorted(f"{row.round}_{row.verdict}" for row in rows)
        assert len(rows) == len({row.round for row in rows})

    def kept(self, case):
        """What was sent stays as it was sent."""
        for row in db.session.scalars(select(Submission).where(Submission.case_id == case.id)):
            words = json.dumps([row.number, row.content, row.digest])
            assert self.sent.setdefault(row.id, words) == words
        for row in assignments(case):
            if row.sheet and row.sheet.state is SheetState.SENT:
                words = json.dumps([row.sheet.levels, row.sheet.verdict, row.sheet.version])
                assert self.sheets.setdefault(row.sheet.id, words) == words

    def numbers(self, found):
        rows = db.session.scalars(
            select(Certificate)
            .where(Certificate.case_id.in_([case.id for case in found]))
            .order_by(Certificate.id)
        ).all()
        year = self.campaign.label_year
        assert [c.number for c in rows] == [f"桃園證號第B{year}002{n:03d}號" for n in range(1, len(rows) + 1)]
        assert {c.case_id for c in rows} == {
            c.id for c in found if c.state in (State.ISSUED, State.ANNOUNCED)
        }

    def teardown(self):
        db.session.rollback()


def test_life(cast):
    class Played(Life):
        pass

    Played.cast = cast
    run_state_machine_as_test(
        Played,
        settings=settings(
            max_examples=10,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
