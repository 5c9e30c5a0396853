"""Cases: the list, the page of one case, and steps on many at once."""

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_appbuilder.actions import action
from flask_appbuilder.baseviews import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select

from app.access.matrix import Permission, Scope
from app.access.models import PortalUser
from app.access.policy import scopes
from app.admin import cells, queries
from app.admin.base import OfficeModelView, actor, guarded
from app.admin.case_page import case_context, snapshot_file
from app.admin.views.decide_many import DecideMany
from app.admin.views.review_steps import ReviewSteps
from app.cases import workflow
from app.cases.models import Case
from app.cases.offices import holder_label
from app.cases.states import STATES
from app.certificates import service as certificates
from app.core.db import db
from app.core.errors import PortalError
from app.core.i18n import age
from app.core.tables import Choices, Filter, Order, one_of, whole_number
from app.reference.models import County, School
from app.reports.waiting import waits_for


def _counties(permission: Permission) -> Choices:
    """All counties for those whose permission reaches the nation; nobody else has a choice."""
    if Scope.NATION not in scopes(actor(), permission):
        return ()
    return [(c.code, c.label) for c in db.session.scalars(select(County).order_by(County.sort, County.id))]


def _person_or_number(typed: str) -> ColumnElement[bool]:
    people = select(PortalUser.id).where(
        or_(
            PortalUser.display_name.icontains(typed, autoescape=True),
            PortalUser.username.icontains(typed, autoescape=True),
        )
    )
    number = whole_number(typed.removeprefix("#"))
    found = Case.applicant_id.in_(people)
    return or_(found, Case.id == number) if number else found


def _waiting(typed: str) -> ColumnElement[bool] | None:
    if typed == "mine":
        return waits_for(actor())
    if typed in queries.QUEUES:
        return queries.in_queue(actor(), typed)
    return queries.is_late() if typed == "late" else None


def _waits() -> Choices:
    queues = [(name, label) for name, (label, _states, _permission) in queries.QUEUES.items()]
    return [("mine", _("for my office")), ("late", _("late")), *queues]


def county_filter(model: Any, permission: Permission) -> Filter:
    """The drop-down of counties for any model with a county."""
    return Filter(
        "county",
        _l("縣市"),
        lambda typed: model.county_id == select(County.id).where(County.code == typed).scalar_subquery(),
        lambda: _counties(permission),
    )


def school_filter(model: Any) -> Filter:
    """A text field for the school's name or code, for any model with a school."""

    def clause(typed: str) -> ColumnElement[bool]:
        names = (School.label_zh, School.label_en, School.code)
        found = or_(*(name.icontains(typed, autoescape=True) for name in names))
        return model.school_id.in_(select(School.id).where(found))

    return Filter("school", _l("學校"), clause)


class CaseView(ReviewSteps, DecideMany, OfficeModelView):
    """/office/cases/"""

    route_base = "/office/cases"
    model = Case
    permission = Permission.CASE_VIEW
    special_permits = {
        "can_file": Permission.CASE_READ,
        "issue": Permission.CERTIFICATE_ISSUE,
        "announce": Permission.CERTIFICATE_ISSUE,
        "can_run": Permission.CERTIFICATE_ISSUE,
        **ReviewSteps.step_permits,
        **DecideMany.many_permits,
    }
    list_title = _l("Cases")
    show_title = _l("Case")
    list_columns = ["id", "applicant", "school", "county", "state", "holder", "since", "due_at"]
    label_columns = {
        "id": _l("Number"),
        "applicant": _l("申請人"),
        "school": _l("學校"),
        "county": _l("縣市"),
        "state": _l("目前狀態"),
        "holder": _l("Held by"),
        "since": _l("For"),
        "due_at": _l("期限"),
    }
    filters = (
        Filter("q", _l("Applicant or number"), _person_or_number),
        school_filter(Case),
        one_of("state", _l("目前狀態"), Case.state, {state: info.label for state, info in STATES.items()}),
        county_filter(Case, Permission.CASE_VIEW),
        Filter("waiting", _l("Waiting"), _waiting, _waits),
    )
    orders = (
        Order("id:new", _l("Newest first"), Case.id, descending=True),
        Order("id:old", _l("Oldest first"), Case.id),
        Order("since:long", _l("Longest in this state first"), Case.state_since),
        Order("since:short", _l("Shortest in this state first"), Case.state_since, descending=True),
    )
    options = queries.row_options()

    def cell_id(self, case: Case) -> Any:
        return cells.link(url_for("CaseView.show", pk=case.id), f"#{case.id}")

    def cell_applicant(self, case: Case) -> str:
        return case.applicant.name

    def cell_state(self, case: Case) -> Any:
        return cells.state_badge(case)

    def cell_holder(self, case: Case) -> str:
        return holder_label(case)

    def cell_since(self, case: Case) -> str:
        return age(case.state_since)

    def cell_due_at(self, case: Case) -> Any:
        return cells.due(case.due_at)

    @expose("/show/<pk>")
    @guarded
    def show(self, pk: str) -> Any:
        return self.page(self.row(pk))

    def page(self, case: Case, error: PortalError | None = None) -> Any:
        """The case with its steps; after a refusal with the reason and everything that was typed."""
        context = case_context(actor(), case)
        typed = request.form if request.method == "POST" else {}
        answer = render_template("office/case.html", view=self, error=error, typed=typed, **context)
        return answer, error.status if error else 200

    @expose("/file/<pk>/<sha256>")
    @expose("/file/<pk>/<sha256>/<int:page>")
    @guarded
    def file(self, pk: str, sha256: str, page: int = 0) -> Response:
        """One uploaded file of a snapshot, or one page of it as a picture."""
        return snapshot_file(self.row(pk, Permission.CASE_READ), sha256, page) or abort(404)

    # -- many at once ----------------------------------------------------------------------------------------

    @action("issue", _l("產證"), icon="award", single=False)
    def issue_rows(self, cases: Sequence[Case]) -> Any:
        return self._preview("issue", cases)

    @action("announce", _l("公告"), icon="bell", single=False)
    def announce_rows(self, cases: Sequence[Case]) -> Any:
        return self._preview("announce", cases)

    def _preview(self, name: str, cases: Sequence[Case]) -> Any:
        """What the step would do to each chosen case, before anything is done."""
        transition = workflow.BY_NAME[name]
        rows = [(case, workflow.answer(workflow.Context(case, transition, actor()))) for case in cases]
        return render_template("office/preview.html", view=self, step=transition, rows=rows, outcome=None)

    @expose("/run/<name>", methods=["POST"])
    @guarded
    def run(self, name: str) -> Any:
        """Do the step on the chosen rows, each in its own transaction; show what could not be done and why."""
        steps = {"issue": certificates.issue, "announce": certificates.announce}
        if name not in steps:
            abort(404)
        user = actor()
        cases = self.rows(request.form.getlist("rowid"), Permission.CERTIFICATE_ISSUE)
        outcome = self.run_each(cases, lambda case: steps[name](user, case))
        done = sum(not reason for _key, reason in outcome)
        if cases and done == len(cases):
            flash(_("Cases done: %(number)s", number=done), "success")
            return redirect(url_for("CertificateView.list"))
        reasons = dict(outcome)
        rows = [
            (case, reasons[case.id])
            for case in self.rows(list(map(str, reasons)), Permission.CERTIFICATE_ISSUE)
        ]
        step = workflow.BY_NAME[name]
        return render_template(
            "office/preview.html", view=self, step=step, rows=rows, outcome=done
        ), 200 if done else 409
