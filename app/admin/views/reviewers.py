"""How the reviewers rate beside each other, for the offices alone."""

from typing import Any, ClassVar

from flask import abort, render_template
from flask_appbuilder import BaseView
from flask_appbuilder.baseviews import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission, Scope
from app.access.policy import scopes, visible
from app.admin.base import actor, guarded
from app.cases.models import Case
from app.core import charts
from app.reports.reviewers import THIN, Figures, reviewer_figures

# A picture with more names than this cannot be read; the table has all.
DRAWN = 40


class ReviewerView(BaseView):
    """/office/reviewers/"""

    route_base = "/office/reviewers"
    permits: ClassVar[dict[str, Permission]] = {"can_list": Permission.SHEET_VIEW}
    list_title = _l("Reviewers compared")

    @expose("/")
    @guarded
    def list(self) -> Any:
        """Leniency, agreement and kappa over the cases in the visitor's reach."""
        user = actor()
        if not self.may("list"):
            abort(403)
        # Nobody finds out here who read the own case.
        seen = visible(user, Case, Permission.SHEET_VIEW) & (Case.applicant_id != user.id)
        rows = reviewer_figures(seen)
        return render_template(
            "office/reviewers.html", view=self, rows=rows, picture=_picture(rows) if rows else "", thin=THIN
        )

    def may(self, _method: str) -> bool:
        """Offices of a county or the nation; a teacher's right to the own sheets is none to this."""
        return bool(scopes(actor(), Permission.SHEET_VIEW) & {Scope.COUNTY, Scope.NATION})


def _picture(rows: list[Figures]) -> str:
    """One dot for each reviewer: left of nought milder than the co-reviewers, right stricter."""
    labels = {True: _("few readings"), False: _("enough readings")}
    values = [
        {"name": row.reviewer.name, "leniency": round(row.leniency, 2), "n": labels[row.thin]}
        for row in rows[:DRAWN]
    ]
    reach = max(1.0, *(abs(value["leniency"]) for value in values))
    title = _("Mean difference to the co-reviewers in levels: left milder, right stricter")
    x = {"field": "leniency", "type": "quantitative", "title": title, "scale": {"domain": [-reach, reach]}}
    sign = {"field": "n", "type": "nominal", "title": None, "scale": {"domain": list(labels.values())}}
    return charts.svg(
        {
            "description": _("One sign for each reviewer; the table has the same figures."),
            "width": 560,
            "height": {"step": 26},
            "data": {"values": values},
            "layer": [
                {"mark": {"type": "rule", "color": charts.SOFT}, "encoding": {"x": {"datum": 0}}},
                {
                    "mark": {"type": "point", "size": 90},
                    "encoding": {
                        "x": x,
                        "y": {"field": "name", "type": "nominal", "title": None, "sort": None},
                        "shape": sign,
                    },
                },
            ],
        }
    )
