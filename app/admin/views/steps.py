"""The offices' steps on one case; each is one service call, and a refusal keeps what was typed."""

from collections.abc import Callable
from typing import Any, ClassVar

from flask import flash, redirect, request, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission
from app.admin.base import actor, guarded
from app.admin.pins import rows_pressed, typed_pins
from app.cases import workflow
from app.cases.models import Case
from app.cases.states import Verdict
from app.certificates import service as certificates
from app.core.db import transaction
from app.core.errors import Invalid, PortalError
from app.core.tables import whole_number
from app.reviews import service as reviews

# The ways a formal check can be passed; a campaign knows one of them.
FORMAL_PASSES = ("formal_pass", "formal_course", "formal_accept")


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
        """Whichever passing of the formal check the campaign knows."""
        user = actor()

        def step(case: Case) -> Any:
            name = next(n for n in FORMAL_PASSES if workflow.exists_in(workflow.BY_NAME[n], case.campaign))
            return workflow.fire(user, case, name)

        return self._step(pk, Permission.CASE_CHECK, step, _("The formal check is passed."))

    @expose("/formal_return/<pk>", methods=["POST"])
    @guarded
    def formal_return(self, pk: str) -> Any:
        """退件 with pinned comments; a button for the rows only shows the page again."""
        if rows_pressed(request.form):
            return self.page(self.row(pk, Permission.CASE_CHECK))
        user, pins = actor(), typed_pins(request.form)
        return self._step(
            pk,
            Permission.CASE_CHECK,
            lambda case: reviews.return_case(user, case, pins=pins, reason=request.form.get("reason", "")),
            _("The case was returned to the teacher."),
        )

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
        """判定, a revision with pinned comments; a button for the rows only shows the page again."""
        if rows_pressed(request.form):
            return self.page(self.row(pk, Permission.CASE_DECIDE))
        user, pins = actor(), typed_pins(request.form)

        def step(case: Case) -> Any:
            typed = request.form.get("verdict", "")
            if typed not in set(Verdict):
                raise Invalid(_l("Choose a verdict."), code="verdict_missing", field="verdict")
            if pins and typed != Verdict.REVISE:
                raise Invalid(
                    _l("Comments are pinned with a re-review only: choose that verdict, or remove them."),
                    code="pins_unused",
                    field="pins",
                )
            words = request.form.get("reason", "")
            return reviews.decide(user, case, verdict=Verdict(typed), reason=words, reasons=pins)

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
