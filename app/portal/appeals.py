"""申復 on paper: the receipt of a sending, and the office's letters, for the teacher and the offices."""

from datetime import datetime
from typing import Any

from flask import Response, abort, request
from flask_babel import force_locale
from flask_babel import gettext as _

from app.access.matrix import ROLE_LABELS, Permission, Role
from app.cases.models import Case, Submission
from app.cases.offices import office_of
from app.cases.queries import submissions
from app.cases.states import VERDICT_LABELS, Holder, Round, Verdict
from app.core import clock, pdf
from app.core.file_answers import file_answer
from app.core.i18n import ZH
from app.forms.printed import document_pdf
from app.portal.blueprint import bp, load_case
from app.portal.submissions import find_submission, sent_documents
from app.portal.words import moment, second
from app.reviews.models import Appeal, Decision
from app.reviews.queries import appeal_of, decisions, grounds_of


@bp.get("/cases/<int:case_id>/submissions/<int:number>/receipt")
def submission_receipt(case_id: int, number: int) -> Response:
    """The receipt on paper: who sent what, when to the second, and the check sum of every word of it."""
    sent = find_submission(case_id, number)
    case = sent.case
    header = [
        [_("教師"), case.applicant.name],
        [_("學校"), case.school.label],
        [_("流程名稱"), case.campaign.title],
        [_("案件"), str(case)],
        [_("Sending"), str(sent.number)],
        [_("Received"), f"{second(sent.submitted_at)} (Asia/Taipei)"],
    ]
    documents = [[d.title, str(d.form.title), d.file_name] for d in sent_documents(sent)]
    table = {"columns": [_("表單"), _("Form type"), _("File")], "rows": documents}
    sections: list[dict[str, Any]] = [
        {"title": _("What was sent"), "blocks": [{"label": "", "table": table}]},
        {"title": _("Check sum"), "blocks": [{"label": "", "value": f"SHA-256 {sent.digest}"}]},
    ]
    title = _("Receipt")
    data = document_pdf(
        title, header=header, sections=sections, footer=f"{case} · {moment(sent.submitted_at)}"
    )
    return file_answer(data, f"{title} {case}-{sent.number}.pdf")


@bp.get("/cases/<int:case_id>/appeal/letter")
def appeal_letter(case_id: int) -> Response:
    """受理/未受理, or with `of=outcome` the result of the appeal's own review; Chinese, as the office writes."""
    case = load_case(case_id, Permission.CASE_READ)
    answer = appeal_of(case)
    decision = decisions(case).get(Round.APPEAL)
    outcome = request.args.get("of") == "outcome"
    if answer is None or (outcome and decision is None):
        abort(404)
    filed = next(s for s in reversed(submissions(case)) if s.transition == "appeal")
    with force_locale(ZH):
        letter = _outcome(case, decision) if outcome and decision else _answer(case, answer)
        title = str(letter["title"])
        data = pdf.render("letter", {**_head(case, filed), **letter})
    return file_answer(data, f"{title} {case}.pdf")


def _head(case: Case, filed: Submission) -> dict[str, Any]:
    # What is appealed against: the last result before the appeal; an appeal may lead to another one after it.
    before = [d for d in decisions(case).values() if d.decided_at <= filed.submitted_at]
    contested = max(before, key=lambda d: d.decided_at)
    # Names of rows follow the reader's own choice of language, which a letter does not.
    county_decides = office_of(case, Holder.DECIDING) is Role.COUNTY
    return {
        "office": f"{case.county.label_zh}教專中心" if county_decides else str(ROLE_LABELS[Role.CENTRE]),
        "number": str(case),
        "name": case.applicant.name,
        "school": case.school.label_zh,
        "track": f"{case.county.label_zh} {case.campaign.label_year} {case.track_label}",
        "grounds": [],
        "verdict": "",
        "facts": [
            ["原審查結果", f"{VERDICT_LABELS[contested.verdict]}（{_roc(contested.decided_at)}）"],
            ["申復送達時間", f"{_roc(filed.submitted_at)} {clock.local(filed.submitted_at):%H:%M:%S}"],
            ["申復文件檢核碼", f"SHA-256 {filed.digest}"],
        ],
        "footer": f"{case} · {filed.digest[:16]}",
    }


def _roc(when: datetime) -> str:
    return clock.roc_date(clock.local(when).date())


def _answer(case: Case, answer: Appeal) -> dict[str, Any]:
    """受理: it will be reviewed by others; 未受理: the result stands, and what is still open to the teacher."""
    if answer.accepted:
        said = (
            "臺端就認證審查結果提出之申復，業經審酌，予以受理，"
            "將另行分發未曾審查本案之委員進行申復審查，結果將另函通知。"
        )
    else:
        said = (
            "臺端就認證審查結果提出之申復，業經審酌，未予受理，原審查結果維持。"
            "臺端得於研習時數之檢核時效內，於下一學年度重新申請認證。"
        )
    return {
        "title": "認證審查結果申復受理通知書" if answer.accepted else "認證審查結果申復未受理通知書",
        "date": _roc(answer.answered_at),
        "body": [said],
        "verdict": "受理" if answer.accepted else "未受理",
        "grounds": [ground.label_zh for ground in grounds_of(answer)],
        "reason": answer.reason,
    }


# What follows from each result of an appeal's review.
_FOLLOWS = {
    Verdict.PASS: "證號將於所有認證審查完成後統一公告。",
    Verdict.MINOR: "請自行修正認證資料；證號將於所有認證審查完成後統一公告。",
    Verdict.REVISE: "請依審查委員意見於期限內修正後申請複審。",
    Verdict.FAIL: "臺端得於研習時數之檢核時效內，於下一學年度重新申請認證。",
}


def _outcome(case: Case, decision: Decision) -> dict[str, Any]:
    upheld = decision.verdict is Verdict.FAIL
    return {
        "title": "認證審查結果申復審查結果通知書",
        "date": _roc(decision.decided_at),
        "body": [
            "臺端之申復業經未曾審查本案之委員審查完竣，"
            + ("原審查結果維持。" if upheld else "原審查結果變更如下。")
            + _FOLLOWS[decision.verdict]
        ],
        "verdict": f"申復審查結果：{VERDICT_LABELS[decision.verdict]}",
        # Why a result differs from the sheets is the office's own record unless it sends back or ends.
        "reason": decision.reason if decision.verdict in (Verdict.REVISE, Verdict.FAIL) else "",
    }
