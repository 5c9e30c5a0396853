"""Reviewers for all waiting cases of a campaign at once: proposed, looked at, changed, accepted."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView
from flask_appbuilder.baseviews import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access.matrix import Permission, Scope
from app.access.policy import fetch, scopes
from app.admin import proposals as words
from app.admin.base import actor, guarded
from app.campaigns.models import Campaign
from app.cases.models import Case
from app.cases.states import ROUND_LABELS, Round
from app.core.db import db, end_read, transaction
from app.core.errors import Invalid, PortalError
from app.core.tables import whole_number
from app.reviews import proposals
from app.reviews.models import Proposal, ProposedPair
from app.reviews.service import proposing

PER_PAGE = 20
# So many cases are given out at one press, each in a transaction of its own.
AT_ONCE = 100


class ProposalView(BaseView):
    """/office/assignment/"""

    route_base = "/office/assignment"
    permits: ClassVar[dict[str, Permission]] = dict.fromkeys(
        (
            "can_list",
            "can_show",
            "can_propose",
            "can_change",
            "can_change_shown",
            "can_lock",
            "can_unlock",
            "can_accept",
            "can_accept_shown",
            "can_drop",
        ),
        Permission.CASE_ASSIGN,
    )
    list_title = _l("Assign reviewers")

    def may(self, _method: str) -> bool:
        """Those who assign."""
        return bool(scopes(actor(), Permission.CASE_ASSIGN) & {Scope.COUNTY, Scope.NATION})

    @expose("/")
    @guarded
    def list(self) -> Any:
        """What waits, by campaign and round."""
        rows = proposals.queues(actor())
        return render_template("office/assignments.html", view=self, rows=rows, rounds=ROUND_LABELS)

    @expose("/<campaign>/<round_>")
    @guarded
    def show(self, campaign: str, round_: str) -> Any:
        return self._page(*_place(campaign, round_))

    @expose("/<campaign>/<round_>/propose", methods=["POST"])
    @guarded
    def propose(self, campaign: str, round_: str) -> Any:
        """Solve first, then write: nobody waits for the arithmetic."""
        row, which = _place(campaign, round_)
        try:
            made = proposing.plan(actor(), row, which, allowed_load=_allowed_load())
            end_read()
            proposing.solve_plan(made)
            with transaction():
                found = proposing.propose(actor(), *_place(campaign, round_), solved=made)
                possible = not found.infeasible
        except PortalError as error:
            return self._page(*_place(campaign, round_), error)
        if possible:
            flash(_("The proposal is made. Nothing is assigned before you accept it."), "success")
        return redirect(_address(campaign, round_), 303)

    @expose("/<campaign>/<round_>/change/<pk>")
    @guarded
    def change(self, campaign: str, round_: str, pk: str) -> Any:
        """Whom to choose instead of the proposed reviewer."""
        pair = _pair(*_place(campaign, round_), pk)
        return self._choosing(pair) if pair else _gone(campaign, round_)

    @expose("/<campaign>/<round_>/change_shown/<pk>", methods=["POST"])
    @guarded
    def change_shown(self, campaign: str, round_: str, pk: str) -> Any:
        """Make the office's own choice; a refusal stands beside the field, with what was typed."""
        number = whole_number(request.form.get("reviewer", "")) or 0
        reason, user, case_id = request.form.get("reason", ""), actor(), 0
        try:
            with transaction():
                if pair := _pair(*_place(campaign, round_), pk):
                    case_id = proposing.change_pair(user, pair, reviewer_id=number, reason=reason).case_id
        except PortalError as error:
            if pair := _pair(*_place(campaign, round_), pk):
                return self._choosing(pair, error)
        return self._done(campaign, round_, case_id, _("The pair is changed and locked."))

    @expose("/<campaign>/<round_>/lock/<pk>", methods=["POST"])
    @guarded
    def lock(self, campaign: str, round_: str, pk: str) -> Any:
        return self._set_lock(campaign, round_, pk, proposing.lock_pair, _("The pair is locked."))

    @expose("/<campaign>/<round_>/unlock/<pk>", methods=["POST"])
    @guarded
    def unlock(self, campaign: str, round_: str, pk: str) -> Any:
        return self._set_lock(campaign, round_, pk, proposing.unlock_pair, _("The pair is no longer locked."))

    @expose("/<campaign>/<round_>/accept")
    @guarded
    def accept(self, campaign: str, round_: str) -> Any:
        """What would be assigned, before anything is."""
        return self._preview(*_place(campaign, round_))

    @expose("/<campaign>/<round_>/accept_shown", methods=["POST"])
    @guarded
    def accept_shown(self, campaign: str, round_: str) -> Any:
        """Assign the cases that the preview showed; what went on meanwhile is named and left out."""
        row, which = _place(campaign, round_)
        proposal = proposals.open_proposal(row, which)
        if proposal is None:
            return redirect(_address(campaign, round_))
        user, proposal_id = actor(), proposal.id
        left: list[tuple[int, str]] = []
        chosen = _chosen()
        for number, seen in chosen.items():
            try:
                with transaction():
                    case = fetch(user, Case, number, Permission.CASE_ASSIGN)
                    proposing.accept(user, db.session.get_one(Proposal, proposal_id), case, seen=seen)
            except PortalError as error:
                left.append((number, error.message))
        with transaction():
            proposing.finish(user, db.session.get_one(Proposal, proposal_id))
        done = len(chosen) - len(left)
        if done:
            flash(_("Cases assigned: %(number)s. Their reviewers have been told.", number=done), "success")
        if not left:
            return redirect(_address(campaign, round_), 303)
        return self._preview(*_place(campaign, round_), left), 200 if done else 409

    @expose("/<campaign>/<round_>/drop", methods=["POST"])
    @guarded
    def drop(self, campaign: str, round_: str) -> Any:
        row, which = _place(campaign, round_)
        user = actor()
        try:
            with transaction():
                if proposal := proposals.open_proposal(row, which):
                    proposing.drop(user, proposal)
        except PortalError as error:
            return self._page(*_place(campaign, round_), error)
        flash(_("The proposal is dropped."), "success")
        return redirect(_address(campaign, round_), 303)

    def _set_lock(
        self,
        campaign: str,
        round_: str,
        pk: str,
        step: Callable[[Any, ProposedPair], ProposedPair],
        done: str,
    ) -> Any:
        user, case_id = actor(), 0
        try:
            with transaction():
                if pair := _pair(*_place(campaign, round_), pk):
                    case_id = step(user, pair).case_id
        except PortalError as error:
            return self._page(*_place(campaign, round_), error)
        return self._done(campaign, round_, case_id, done)

    def _done(self, campaign: str, round_: str, case_id: int, done: str) -> Any:
        """Back to the row of the case; without one the pair was gone."""
        if not case_id:
            return _gone(campaign, round_)
        flash(done, "success")
        page = max(0, request.form.get("page", 0, int))
        return redirect(f"{_address(campaign, round_)}?page={page}#case-{case_id}", 303)

    def _choosing(self, pair: ProposedPair, error: PortalError | None = None) -> Any:
        answer = render_template(
            "office/assignment_change.html",
            view=self,
            pair=pair,
            round_label=ROUND_LABELS[pair.proposal.round],
            choices=words.choices(pair),
            why=words.why,
            error=error,
            typed=request.form,
            page=max(0, request.values.get("page", 0, int)),
        )
        return answer, error.status if error else 200

    def _page(self, campaign: Campaign, round_: Round, error: PortalError | None = None) -> Any:
        ids = proposals.waiting_ids(actor(), campaign, round_)
        proposal = proposals.open_proposal(campaign, round_)
        counted = proposals.covered(proposal) if proposal else {}
        # Of a proposal that is not possible there is nothing to see but what was locked.
        listed = [number for number in ids if number in counted] if proposal and proposal.infeasible else ids
        pages = max(1, -(-len(listed) // PER_PAGE))
        page = min(max(0, request.values.get("page", 0, int)), pages - 1)
        shown = listed[page * PER_PAGE :][:PER_PAGE]
        answer = render_template(
            "office/assignment.html",
            view=self,
            campaign=campaign,
            round=round_,
            round_label=ROUND_LABELS[round_],
            waiting=len(ids),
            ready=sum(counted.get(number, 0) == campaign.reviewers_per_case for number in ids),
            proposal=proposal,
            shortage=words.shortage(proposal) if proposal else None,
            bars=words.bars(proposal) if proposal else [],
            rows=words.rows(proposal, proposals.waiting(actor(), campaign, round_, only=shown))
            if proposal
            else [],
            page=page,
            pages=pages,
            why=words.why,
            error=error,
            typed=request.form,
        )
        return answer, error.status if error else 200

    def _preview(self, campaign: Campaign, round_: Round, left: Sequence[tuple[int, str]] = ()) -> Any:
        proposal = proposals.open_proposal(campaign, round_)
        waiting = proposals.waiting_ids(actor(), campaign, round_)
        counted = proposals.covered(proposal) if proposal else {}
        ready = [number for number in waiting if counted.get(number) == campaign.reviewers_per_case]
        shown = proposals.waiting(actor(), campaign, round_, only=ready[:AT_ONCE])
        return render_template(
            "office/assignment_accept.html",
            view=self,
            campaign=campaign,
            round=round_,
            round_label=ROUND_LABELS[round_],
            shown=shown,
            later=len(ready) - len(shown),
            incomplete=sorted(set(waiting) - set(ready)),
            pairs=proposals.pairs_of(proposal, shown) if proposal else {},
            left=left,
        )


def _chosen() -> dict[int, list[int]]:
    """The cases that the preview showed, each with the reviewers that it showed: "12:5-9"."""
    found = {}
    for typed in request.form.getlist("case")[:AT_ONCE]:
        case, _colon, reviewers = typed.partition(":")
        if number := whole_number(case):
            found[number] = [whole_number(part) or 0 for part in reviewers.split("-")]
    return found


def _pair(campaign: Campaign, round_: Round, pk: str) -> ProposedPair | None:
    """The pair "case-reviewer" of the open proposal; None when the proposal has it no longer.

    Not by its number: when a proposal is made again, another pair may get the number.
    """
    case, _dash, reviewer = pk.partition("-")
    proposal = proposals.open_proposal(campaign, round_)
    return proposal and proposals.pair(proposal, whole_number(case) or 0, whole_number(reviewer) or 0)


def _gone(campaign: str, round_: str) -> Any:
    flash(_("The proposal was made again meanwhile. Please look at it as it is now."), "warning")
    return redirect(_address(campaign, round_), 303)


def _place(campaign: str, round_: str) -> tuple[Campaign, Round]:
    """The campaign and round of the address, within the visitor's reach."""
    if round_ not in set(Round):
        abort(404)
    return fetch(actor(), Campaign, whole_number(campaign) or 0, Permission.CASE_ASSIGN), Round(round_)


def _address(campaign: str, round_: str) -> str:
    return url_for("ProposalView.show", campaign=campaign, round_=round_)


def _allowed_load() -> int | None:
    """The typed limit, None where the field was left empty."""
    typed = request.form.get("allowed_load", "").strip()
    if typed and not whole_number(typed):
        raise Invalid(_l("Write a whole number from 1."), code="number", field="allowed_load")
    return whole_number(typed)
