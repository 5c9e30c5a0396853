"""Who is told what, in the same transaction as the change, in words that stay."""

import pytest
from sqlalchemy import func, select

from app import jobs
from app.access import service as access
from app.access.matrix import Role
from app.cases import service as cases
from app.cases import workflow
from app.cases.states import Verdict
from app.cases.workflow import Context
from app.certificates import service as certificates
from app.core.outbox import MailState, OutboxMail
from app.notices import service
from app.notices.models import Message
from app.reference.models import MessageTemplate
from tests import factories
from tests.factories import decided, drafted, in_review, reviewed, sent


def told(db_session, event=None):
    """{(user id, event)} of all messages, or the messages of one event."""
    query = select(Message).order_by(Message.id)
    return db_session.scalars(query.where(Message.event == event) if event else query).all()


def template(db_session, event):
    return db_session.scalars(select(MessageTemplate).where(MessageTemplate.event == event)).one()


def test_a_return_tells_the_teacher_in_the_official_words(there, db_session):
    case = sent(there)
    workflow.fire(
        there.centre,
        case,
        "formal_return",
        reason="觀察紀錄表未敘寫清楚",
        reasons=[{"slot": "community-proof", "reason": "not-stamped", "text": "請補蓋"}],
    )
    (message,) = told(db_session, "case.returned")
    assert message.user_id == there.teacher.id
    assert message.title_zh == "申請進階專業回饋人才認證退件"
    assert message.body_zh.startswith(
        "感謝您申請進階專業回饋人才認證，因您的認證資料有誤，請依形式審查意見補齊後再重新申請認證。"
    )
    assert "觀察紀錄表未敘寫清楚" in message.body_zh
    assert "請補蓋" in message.body_zh and "社群參與證明" in message.body_zh
    assert "{" not in message.title_zh + message.title_en + message.body_zh + message.body_en
    assert not any("\u4e00" <= c <= "\u9fff" for c in message.title_en)


def test_a_deadline_is_printed_with_its_weekday(db_session, frozen):
    frozen.move_to("2026-03-02T04:00:00+00:00", tick=False)
    case = decided(factories.world(), Verdict.FAIL)
    (message,) = told(db_session, "case.failed_first")
    assert "2026年3月12日 星期四" in message.body_zh
    assert "Thursday, March 12, 2026" in message.body_en
    assert case.reason in message.body_zh


def test_the_office_in_charge_is_told_and_no_other(there, db_session):
    elsewhere = factories.account(Role.COUNTY, place=factories.county("連江"))
    gone = factories.account(Role.COUNTY, place=factories.county())
    access.set_active(None, user=gone, active=False)
    second = factories.account(Role.COUNTY, place=factories.county())

    reviewed(there)

    assert {m.user_id for m in told(db_session, "review.finished")} == {there.county.id, second.id}
    submitted = {m.user_id for m in told(db_session, "case.submitted")}
    assert submitted == {there.teacher.id, there.centre.id}
    assert elsewhere.id not in {m.user_id for m in told(db_session)}


def test_reviewers_of_the_round_are_told(there, db_session):
    in_review(there)
    messages = told(db_session, "review.assigned")
    assert {m.user_id for m in messages} == {r.id for r in there.reviewers}


def test_why_the_office_passed_a_case_is_not_in_the_mail(there, db_session):
    decided(there, Verdict.PASS, reason="內部說明")
    (message,) = told(db_session, "case.passed")
    assert "內部說明" not in message.body_zh


def test_the_number_is_in_the_notice(there, db_session):
    case = decided(there, Verdict.PASS)
    number = certificates.issue(there.centre, case).number
    (message,) = told(db_session, "certificate.issued")
    assert number in message.body_zh and number in message.body_en


def test_a_change_that_is_rolled_back_tells_nobody(there, db_session):
    case = drafted(there)
    db_session.commit()
    cases.submit(there.teacher, case)
    assert told(db_session)
    db_session.rollback()
    assert told(db_session) == []
    assert db_session.scalar(select(func.count(OutboxMail.id))) == 0


def test_telling_twice_writes_once(there, db_session):
    case = sent(there)
    before = len(told(db_session))
    assert service.tell(Context(case, workflow.BY_NAME["submit"], there.teacher)) == []
    assert len(told(db_session)) == before == db_session.scalar(select(func.count(OutboxMail.id)))


def test_a_later_return_tells_again(there, db_session):
    case = sent(there)
    for _ in range(2):
        workflow.fire(there.centre, case, "formal_return", reason="未核章")
        cases.submit(there.teacher, case)
    assert len(told(db_session, "case.returned")) == 2


def test_an_edited_template_changes_no_sent_word(there, db_session):
    sent(there)
    db_session.commit()
    before = [(m.title_zh, m.body_en) for m in told(db_session)]
    row = template(db_session, "case.submitted")
    row.title_zh = row.title_en = row.body_zh = row.body_en = "changed"
    db_session.commit()
    db_session.expire_all()
    assert [(m.title_zh, m.body_en) for m in told(db_session)] == before


def test_a_tracks_own_template_goes_first(there, db_session):
    db_session.add(
        MessageTemplate(
            event="case.submitted",
            track="advanced",
            title_zh="進階",
            title_en="Advanced",
            body_zh="甲",
            body_en="A",
        )
    )
    db_session.add(
        MessageTemplate(
            event="case.submitted",
            track="mentor",
            title_zh="教輔",
            title_en="Mentor",
            body_zh="乙",
            body_en="B",
        )
    )
    sent(there)
    titles = {m.title_zh for m in told(db_session, "case.submitted") if m.user_id == there.teacher.id}
    assert titles == {"進階"}


def test_a_lost_template_blocks_no_decision_and_keeps_nobody_in_the_dark(there, db_session, capsys):
    db_session.delete(template(db_session, "case.failed_first"))
    case = decided(there, Verdict.FAIL)
    (message,) = told(db_session, "case.failed_first")
    assert message.title_zh == f"進階專業回饋人才認證：{case.state_label}"
    assert message.body_en
    assert "message template missing" in capsys.readouterr().out


def test_an_unknown_or_hostile_placeholder_stays_as_it_is(there, db_session):
    row = template(db_session, "case.submitted")
    row.title_zh = "{nobody} {teacher.__class__} {0} {} {teacher!r} {"
    sent(there)
    message = next(m for m in told(db_session, "case.submitted") if m.user_id == there.teacher.id)
    assert message.title_zh == row.title_zh


# -- the mail -----------------------------------------------------------------------------------------------


def mail_to(db_session, user):
    return db_session.scalars(select(OutboxMail).where(OutboxMail.recipient == user.email)).all()


@pytest.mark.parametrize(("locale", "first"), [("zh_Hant_TW", "title_zh"), ("en", "title_en")])
def test_the_mail_is_in_both_languages_the_recipients_first(there, db_session, app, locale, first):
    access.set_locale(there.teacher, locale=locale)
    case = sent(there)
    message = next(m for m in told(db_session, "case.submitted") if m.user_id == there.teacher.id)
    (mail,) = mail_to(db_session, there.teacher)
    assert mail.subject == getattr(message, first)
    assert mail.body.startswith(getattr(message, first))
    for part in (message.title_zh, message.body_zh, message.title_en, message.body_en):
        assert part in mail.body
    assert f"{app.config['BASE_URL']}/cases/{case.id}/" in mail.body
    assert "do not reply" in mail.body


def test_a_name_cannot_break_the_subject(there, db_session):
    row = template(db_session, "case.submitted")
    row.title_zh = "{teacher}"
    there.teacher.display_name = "王\r\nBcc: x@test.example"
    sent(there)
    (mail,) = mail_to(db_session, there.teacher)
    assert mail.subject == "王 Bcc: x@test.example"


def test_mail_leads_each_to_their_own_page(there, db_session):
    case = in_review(there)
    (mail,) = mail_to(db_session, there.reviewers[0])
    assert "/reviews/" in mail.body
    assert f"/office/cases/show/{case.id}\n" in mail_to(db_session, there.centre)[0].body
    assert f"/cases/{case.id}/" in mail_to(db_session, there.teacher)[0].body


def test_a_switched_off_account_gets_no_mail(there, db_session):
    case = sent(there)
    access.set_active(None, user=there.teacher, active=False)
    workflow.fire(there.centre, case, "formal_return", reason="未核章")
    assert [m.user_id for m in told(db_session, "case.returned")] == [there.teacher.id]
    assert not any("case.returned" in m.key for m in mail_to(db_session, there.teacher))


def test_the_worker_sends_it_once(there, db_session, smtp):
    sent(there)
    db_session.commit()
    assert jobs.run_once() == {
        "lapsed": 0,
        "reminded": 0,
        "sent": 2,
        "retry": 0,
        "failed": 0,
        "waiting": 0,
        "server": True,
    }
    assert jobs.run_once()["sent"] == 0
    assert {m["To"] for m in smtp.messages} == {there.teacher.email, there.centre.email}
    assert set(db_session.scalars(select(OutboxMail.state))) == {MailState.SENT}
