"""The most alike earlier documents, for the offices."""

from typing import Any

from flask import abort, render_template, request, url_for
from flask_appbuilder import BaseView
from flask_appbuilder.baseviews import expose

from app.access.matrix import Permission
from app.access.policy import can, fetch
from app.admin.base import actor, guarded
from app.cases.models import Case
from app.cases.queries import submissions
from app.core.tables import whole_number
from app.similarity import queries
from app.similarity.models import Narrative
from app.similarity.present import side_by_side, title


class SimilarView(BaseView):
    """/office/similar/"""

    route_base = "/office/similar"
    permits = {"can_case": Permission.CASE_READ, "can_show": Permission.CASE_READ}

    @expose("/case/<pk>")
    @guarded
    def case(self, pk: str) -> Any:
        """Each document of the case as last sent, with the most alike earlier ones."""
        case = fetch(actor(), Case, whole_number(pk) or 0, Permission.CASE_READ)
        self._not_the_own(case)
        sent = submissions(case)
        return render_template(
            "office/similar_list.html",
            case=case,
            findings=queries.of_submission(sent[-1]) if sent else [],
            address=lambda number: url_for("SimilarView.show", pk=number),
            title_of=title,
        )

    @expose("/show/<pk>")
    @guarded
    def show(self, pk: str) -> Any:
        """One document beside the most alike one, or beside the one chosen with `?with=`."""
        narrative = fetch(actor(), Narrative, whole_number(pk) or 0, Permission.CASE_READ)
        self._not_the_own(narrative.case)
        finding = queries.of_narrative(narrative)
        chosen = queries.chosen(finding, request.args.get("with", type=int))
        known = bool(chosen and can(actor(), Permission.CASE_READ, chosen.narrative.case))
        return render_template(
            "office/similar.html",
            case=narrative.case,
            finding=finding,
            chosen=chosen,
            known=known,
            pair=chosen and side_by_side(chosen, narrative, whole=known),
            address=url_for("SimilarView.show", pk=narrative.id),
            title_of=title,
        )

    def _not_the_own(self, case: Case) -> None:
        """A teacher who also works in an office must not read here what colleagues have written."""
        if case.applicant_id == actor().id:
            abort(404)
