"""The offices' steps on one case; each is one service call, and a refusal keeps what was typed."""

from collections.abc import Callable
from typing import Any, ClassVar

from flask import flash, redirect, request, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access.matrix import Permission
from app.admin.base import actor, guarded
from app.cases import workflow
from app.cases.models import Case
from app.cases.states import Verdict
from app.certificates import service as certificates
from app.core.db import db, transaction
from app.core.errors import Invalid, PortalError
from app.core.tables import whole_number
from app.reference.models import ReturnReason
from app.reviews import service as reviews


class CaseSteps:
    """Routes under /office/cases/ that move one case."""

    step_permits: ClassVar[dict[str, Permission]] = {
        "can_formal_pass": Permission.CASE_CHECK,
        "can_formal_return": Permission.CASE_CHECK,
        "can_assign": Permission.CASE_ASSIGN,
        "can_decide": Permission.CASE_DECIDE,
        "can_issue_one": Permission.CERTIFICATE_ISSUE,
        "can_announce_one": Permission.CERTIFICATE_ISSUE,
    }
    row: Callable[..., Case]
    page: Callable[..., Any]

    def _step(self, pk: str, permission: Permission, step: Callable[[Case], Any], done: str) -> Any:
        """Run `step` on the case in one transaction and go back to its page."""
        case = self.row(pk, permission)
        try:
            with transaction():
                step(case)
        except PortalError as error:
            return self.page(self.row(pk), error)
        flash(done, "success")
        return redirect(url_for("CaseView.show", pk=pk))

    @expose("/formal_pass/<pk>", methods=["POST"])
    @guarded
    def formal_pass(self, pk: str) -> Any:
        user = actor()
        return self._step(
            pk,
            Permission.CASE_CHECK,
            lambda case: workflow.fire(user, case, "formal_pass"),
            _("The formal check is passed."),
        )

    @expose("/formal_return/<pk>", methods=["POST"])
    @guarded
    def formal_return(self, pk: str) -> Any:
        user = actor()

        def step(case: Case) -> Any:
            reasons, words = _coded_reasons(case), request.form.get("reason", "").strip()
            if not reasons:
                raise Invalid(
                    _l("Choose a reason for at least one form."), code="reason_missing", field="reasons"
                )
            return workflow.fire(user, case, "formal_return", reason=words, reasons=reasons)

        return self._step(pk, Permission.CASE_CHECK, step, _("The case was returned to the teacher."))

    @expose("/assign/<pk>", methods=["POST"])
    @guarded
    def assign(self, pk: str) -> Any:
        user = actor()
        chosen = [number for typed in request.form.getlist("reviewers") if (number := whole_number(typed))]
        return self._step(
            pk,
            Permission.CASE_ASSIGN,
            lambda case: reviews.assign(user, case, reviewer_ids=chosen),
            _("The reviewers have the case now."),
        )

    @expose("/decide/<pk>", methods=["POST"])
    @guarded
    def decide(self, pk: str) -> Any:
        user = actor()

        def step(case: Case) -> Any:
            typed = request.form.get("verdict", "")
            if typed not in set(Verdict):
                raise Invalid(_l("Choose a verdict."), code="verdict_missing", field="verdict")
            return reviews.decide(user, case, verdict=Verdict(typed), reason=request.form.get("reason", ""))

        return self._step(
            pk, Permission.CASE_DECIDE, step, _("The decision is recorded and the teacher has been told.")
        )

    @expose("/issue_one/<pk>", methods=["POST"])
    @guarded
    def issue_one(self, pk: str) -> Any:
        user = actor()
        return self._step(
            pk,
            Permission.CERTIFICATE_ISSUE,
            lambda case: certificates.issue(user, case),
            _("The number has been issued."),
        )

    @expose("/announce_one/<pk>", methods=["POST"])
    @guarded
    def announce_one(self, pk: str) -> Any:
        user = actor()
        return self._step(
            pk,
            Permission.CERTIFICATE_ISSUE,
            lambda case: certificates.announce(user, case),
            _("The number is announced."),
        )


def _coded_reasons(case: Case) -> list[dict[str, str]]:
    """[{"slot", "reason", "text"}, ...] of the rows in which a reason was chosen."""
    known = set(db.session.scalars(select(ReturnReason.code).where(ReturnReason.retired_at.is_(None))))
    return [
        {"slot": slot, "reason": code, "text": request.form.get(f"text-{slot}", "").strip()}
        for slot in case.campaign.slot_codes
        if (code := request.form.get(f"reason-{slot}", "")) in known
    ]
