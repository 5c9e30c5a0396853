"""The offices' steps around a review: a further reader, a talk, another reviewer, the answer to an appeal."""

from typing import Any, ClassVar

from flask import abort, request
from flask_appbuilder.baseviews import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission
from app.admin.base import actor, guarded
from app.admin.views.steps import CaseSteps
from app.cases import workflow
from app.cases.models import Case
from app.core.db import db
from app.core.errors import Invalid
from app.core.tables import whole_number
from app.reviews import service as reviews
from app.reviews.models import Assignment


class ReviewSteps(CaseSteps):
    """Further routes under /office/cases/ that move one case."""

    step_permits: ClassVar[dict[str, Permission]] = {
        **CaseSteps.step_permits,
        "can_third": Permission.CASE_DECIDE,
        "can_talk": Permission.CASE_DECIDE,
        "can_replace": Permission.CASE_ASSIGN,
        "can_answer_appeal": Permission.CASE_DECIDE,
        "can_course_one": Permission.CASE_CHECK,
        "can_course_missed": Permission.CASE_CHECK,
    }

    @expose("/third/<pk>", methods=["POST"])
    @guarded
    def third(self, pk: str) -> Any:
        user, words = actor(), request.form.get("reason", "")
        return self._step(
            pk,
            Permission.CASE_DECIDE,
            lambda case: reviews.add_reviewer(user, case, reviewer_id=_chosen_reviewer(), reason=words),
            _("A further reviewer has the case now."),
        )

    @expose("/talk/<pk>", methods=["POST"])
    @guarded
    def talk(self, pk: str) -> Any:
        user = actor()
        return self._step(
            pk,
            Permission.CASE_DECIDE,
            lambda case: reviews.record_talk(user, case, text=request.form.get("talk", "")),
            _("The reviewers' talk is on record."),
        )

    @expose("/replace/<pk>", methods=["POST"])
    @guarded
    def replace(self, pk: str) -> Any:
        user = actor()

        def step(case: Case) -> Any:
            number = whole_number(request.form.get("place", ""))
            row = db.session.get(Assignment, number) if number else None
            if number and (row is None or row.case_id != case.id):
                abort(404)
            if row is None:
                raise Invalid(_l("Choose whose place it is."), code="place_missing", field="place")
            return reviews.replace_reviewer(
                user, row, reviewer_id=_chosen_reviewer(), reason=request.form.get("reason", "")
            )

        return self._step(pk, Permission.CASE_ASSIGN, step, _("The other reviewer has the case now."))

    @expose("/answer_appeal/<pk>", methods=["POST"])
    @guarded
    def answer_appeal(self, pk: str) -> Any:
        user = actor()

        def step(case: Case) -> Any:
            accepted = {"yes": True, "no": False}.get(request.form.get("accepted", ""))
            if accepted is None:
                raise Invalid(
                    _l("Choose whether the appeal is accepted."), code="answer_missing", field="accepted"
                )
            return reviews.answer_appeal(
                user,
                case,
                accepted=accepted,
                grounds=request.form.getlist("grounds"),
                reason=request.form.get("reason", ""),
            )

        return self._step(
            pk, Permission.CASE_DECIDE, step, _("The answer is on record and the teacher has been told.")
        )

    @expose("/course_one/<pk>", methods=["POST"])
    @guarded
    def course_one(self, pk: str) -> Any:
        user = actor()
        return self._step(
            pk,
            Permission.CASE_CHECK,
            lambda case: workflow.fire(user, case, "course_done"),
            _("The course hours are confirmed."),
        )

    @expose("/course_missed/<pk>", methods=["POST"])
    @guarded
    def course_missed(self, pk: str) -> Any:
        user, reason = actor(), request.form.get("reason", "")
        return self._step(
            pk,
            Permission.CASE_CHECK,
            lambda case: workflow.fire(user, case, "course_missed", reason=reason),
            _("The case is closed."),
        )


def _chosen_reviewer() -> int:
    number = whole_number(request.form.get("reviewer", ""))
    if not number:
        raise Invalid(_l("Choose a reviewer."), code="reviewer_missing", field="reviewers")
    return number
