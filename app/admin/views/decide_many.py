"""判定 on many cases at once: only where nobody disputes the proposal, and never without a look before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_appbuilder.actions import action
from flask_appbuilder.baseviews import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission
from app.admin import cells
from app.admin.base import actor, guarded
from app.cases.models import Case
from app.cases.states import Verdict
from app.core.errors import PortalError
from app.reviews import service as reviews
from app.reviews.outcome import outcome
from app.reviews.queries import ROUND_OF


@dataclass
class Row:
    """One chosen case: the verdict that can be taken over and the sum behind it, or why not; `asks`: it needs words."""

    case: Case
    verdict: Verdict | None
    why: Any
    sum: int | None
    reason: str = ""
    problem: str = ""
    left_out: bool = False

    @property
    def asks(self) -> bool:
        return self.verdict in (Verdict.REVISE, Verdict.FAIL)


class DecideMany:
    """The action of the case list and its page."""

    many_permits: ClassVar[dict[str, Permission]] = {
        "decide": Permission.CASE_DECIDE,
        "can_decide_many": Permission.CASE_DECIDE,
    }
    rows: Callable[..., list[Case]]
    run_each: Callable[..., Sequence[tuple[int, str]]]
    get_redirect: Callable[[], str]

    @action("decide", _l("判定"), icon="check", single=False)
    def decide_rows(self, cases: Sequence[Case]) -> Any:
        """What could be decided, before anything is."""
        return self._decisions([_row(case) for case in cases])

    @expose("/decide_many", methods=["POST"])
    @guarded
    def decide_many(self) -> Any:
        """Decide the ticked rows, each in its own transaction; what was refused comes back with its words."""
        user, form = actor(), request.form
        ticked = self.rows(form.getlist("rowid"), Permission.CASE_DECIDE)

        def step(case: Case) -> Any:
            verdict = form.get(f"verdict-{case.id}", "")
            if verdict not in set(Verdict):
                raise PortalError(_l("Choose a verdict."), code="verdict_missing")
            words = form.get(f"reason-{case.id}", "")
            seen = form.get(f"seen-{case.id}", -1, int)
            return reviews.confirm(user, case, verdict=Verdict(verdict), version=seen, reason=words)

        refused = {key: problem for key, problem in self.run_each(ticked, step) if problem}
        done = len(ticked) - len(refused)
        shown = [number for number in form.getlist("shown") if number not in form.getlist("rowid")]
        left = self.rows([*map(str, refused), *shown], Permission.CASE_DECIDE)
        if ticked and not refused:
            flash(_("Cases decided: %(number)s", number=done), "success")
            return redirect(self.get_redirect())
        rows = [_row(case, refused.get(case.id, ""), left_out=case.id not in refused) for case in left]
        if not ticked:
            flash(_("Choose at least one row."), "warning")
        return self._decisions(rows, done=done), 200 if done else 422

    def _decisions(self, rows: list[Row], done: int | None = None) -> str:
        return render_template("office/decide_many.html", view=self, cells=cells, rows=rows, done=done)


def _row(case: Case, problem: str = "", *, left_out: bool = False) -> Row:
    verdict, why = reviews.undisputed(actor(), case)
    found = outcome(case, ROUND_OF[case.state]).value if verdict else None
    return Row(case, verdict, why, found, request.form.get(f"reason-{case.id}", ""), problem, left_out)
