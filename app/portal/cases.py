"""A case: progress, reasons, forms, history; sending and withdrawing it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.access.matrix import Permission
from app.access.policy import can
from app.cases import service
from app.cases.models import Case, Submission
from app.cases.offices import holder_label
from app.cases.progress import steps
from app.cases.queries import course_hours, submissions
from app.cases.states import EDITABLE, FAILED, ROUND_LABELS, VERDICT_LABELS, Round, State
from app.cases.workflow import BY_NAME, Context, Transition, answer, available
from app.core.db import transaction
from app.core.errors import Invalid, PortalError
from app.core.web import flash_error
from app.portal import case_view
from app.portal.blueprint import bp, load_case, me
from app.portal.kept import hold
from app.portal.words import days_left
from app.reviews import pins
from app.reviews.queries import appeal_of, decisions, grounds_of

SENDING = ("submit", "resubmit", "resubmit_revised", "appeal")


@bp.get("/cases/<int:case_id>/")
def case_page(case_id: int) -> str:
    """流程進度 and 編輯表單列表; the contents only for those who may read them."""
    return show_case(load_case(case_id))


def show_case(case: Case, *, typed: dict[int, str] | None = None, error: PortalError | None = None) -> str:
    """The page, with the answers that were `typed` and the refusal of them."""
    actor = me()
    reader = bool(can(actor, Permission.CASE_READ, case))
    own = case.applicant_id == actor.id
    moves = {t.name: (t, possible) for t, possible in available(actor, case)} if own else {}
    comments = pins.pin_views(case) if reader else []
    todo = pins.todo(case) if own and comments else []
    rows = case_view.slot_rows(case, todo) if reader else []
    known = {view.pin.id for view in todo}
    sent = submissions(case) if reader else []
    return render_template(
        "cases/case.html",
        case=case,
        own=own,
        reader=reader,
        rows=rows,
        grouped=case_view.slot_groups,
        done=sum(row.complete for row in rows if row.slot.code != "appeal"),
        total=sum(row.slot.code != "appeal" for row in rows),
        steps=steps(case),
        holder=holder_label(case),
        tone=case_view.BADGES[case.info.tone],
        deadline=case_view.deadline(case) if case.state in EDITABLE | FAILED else None,
        days_left=days_left,
        course=course_hours(case) if case.state is State.COURSE else None,
        reasons=case_view.present_reasons(case, comments) if reader else [],
        todo=todo,
        answers_seen=pins.digest(todo),
        typed=typed or {},
        error=error,
        comments=[view for view in comments if view.pin.id not in known],
        # The list of forms says by itself what has not been filled in yet.
        findings=[f for f in case_view.findings(case) if f.code != "incomplete"] if own else [],
        history=case_view.history(case, with_reasons=reader),
        sheets=case_view.readable_sheets(actor, case),
        round_labels=ROUND_LABELS,
        verdict_labels=VERDICT_LABELS,
        failed=case.state in FAILED,
        appeal=_appeal(case, sent) if reader else None,
        sending=next((moves[name] for name in SENDING if name in moves), None),
        withdrawal=moves.get("withdraw"),
        receipts=sent,
        certificate=case_view.certificate_of(case) if own else None,
    )


@bp.route("/cases/<int:case_id>/submit", methods=["GET", "POST"])
def case_submit(case_id: int) -> Any:
    """Ask once more, with the list of what will be sent; then send."""
    actor, case = me(), load_case(case_id)
    transition = _sending(case)
    if transition is None or case.applicant_id != actor.id:
        flash(_("This case has already been sent. Nothing was sent a second time."), "info")
        return redirect(url_for("portal.case_page", case_id=case_id))
    if request.method == "GET":
        return render_template(
            "cases/submit.html",
            case=case,
            transition=transition,
            answer=answer(Context(case, transition, actor)),
            findings=case_view.findings(case),
            todo=pins.todo(case),
            rows=[
                row
                for row in case_view.slot_rows(case)
                if (row.slot.code == "appeal") is (case.state in FAILED)
            ],
        )
    try:
        with transaction():
            (service.file_appeal if transition.name == "appeal" else service.submit)(actor, case)
    except PortalError as error:
        flash_error(error)
    else:
        flash(_("The documents have been sent. The receipt is below, with time and check sum."), "success")
    return redirect(url_for("portal.case_page", case_id=case_id))


@bp.route("/cases/<int:case_id>/withdraw", methods=["GET", "POST"])
def case_withdraw(case_id: int) -> Any:
    """撤回, with a reason."""
    actor, case = me(), load_case(case_id)
    possible = answer(Context(case, BY_NAME["withdraw"], actor))
    if not possible:
        flash(str(possible.reason), "danger")
        hold()
        return redirect(url_for("portal.case_page", case_id=case_id))
    error = ""
    if request.method == "POST":
        try:
            with transaction():
                service.withdraw(actor, case, reason=request.form.get("reason", ""))
        except Invalid as refusal:
            error = str(refusal.message)
        else:
            flash(_("The case has been withdrawn."), "success")
            return redirect(url_for("portal.case_page", case_id=case_id))
    return render_template(
        "cases/withdraw.html", case=case, error=error, typed=request.form.get("reason", "")
    )


def _appeal(case: Case, sent: list[Submission]) -> dict[str, Any] | None:
    """What was filed and what came of it."""
    filed = next((s for s in sent if s.transition == "appeal"), None)
    if filed is None:
        return None
    answer = appeal_of(case)
    return {
        "filed": filed,
        "answer": answer,
        "grounds": grounds_of(answer) if answer else [],
        "decision": decisions(case).get(Round.APPEAL),
    }


def _sending(case: Case) -> Transition | None:
    """The sending that the present state of the case knows."""
    return next((BY_NAME[name] for name in SENDING if case.state in BY_NAME[name].sources), None)
