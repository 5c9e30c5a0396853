"""Turns a template and a case into the words of one notice, in both languages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from babel.dates import format_date
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from app.campaigns.tracks import SLOTS, TRACKS
from app.cases.states import STATES
from app.cases.workflow import Context
from app.core import clock
from app.core.db import db
from app.core.i18n import EN, LOCALES, ZH
from app.notices.catalog import Notice, fill
from app.people.models import Certificate
from app.reference.models import MessageTemplate, ReturnReason

log = structlog.get_logger()


@dataclass(frozen=True)
class Words:
    """What one person reads in one language."""

    title: str
    body: str


# Gives the words in a language (`ZH`, `EN`) for one person's address on the portal and last day.
Writer = Callable[[str, str, datetime | None], Words]


def writer(ctx: Context, notice: Notice) -> Writer:
    """Look everything up once; the same writer then serves each recipient."""
    case = ctx.case
    row = db.session.scalar(
        select(MessageTemplate)
        .where(
            MessageTemplate.event == notice.template,
            or_(MessageTemplate.track == case.track, MessageTemplate.track == ""),
            MessageTemplate.retired_at.is_(None),
        )
        # The track's own row before the general one.
        .order_by(MessageTemplate.track.desc())
        .limit(1)
    )
    if row is None:
        # The words of a notice are a row, but a decision must neither fail for a lost row nor be kept from
        # the person whose appeal days it starts: the official name of the new state tells the essential.
        log.error("message template missing", template=notice.template, track=case.track.value)
    number = ""
    if "number" in notice.placeholders:
        number = db.session.scalar(select(Certificate.number).where(Certificate.case_id == case.id)) or ""
    shared = {
        locale: {
            "teacher": case.applicant.name,
            "county": case.county.label_en if locale == EN else case.county.label_zh,
            "school": case.school.label_en if locale == EN else case.school.label_zh,
            "number": number,
            "reason": _reason(ctx, locale) if "reason" in notice.placeholders else "",
        }
        for locale in LOCALES
    }

    def write(locale: str, url: str, due: datetime | None) -> Words:
        english = locale == EN
        with force_locale(locale):
            track = str(TRACKS[case.track].title)
            if row is None:
                state = STATES[ctx.transition.target]
                return Words(
                    f"{track}: {state.label}" if english else f"{track}：{state.label}", str(state.next)
                )
        last_day = _day(due, locale) if "due" in notice.placeholders else ""
        values = shared[locale] | {"track": track, "url": url, "due": last_day}
        title, body = (row.title_en, row.body_en) if english else (row.title_zh, row.body_zh)
        return Words(
            fill(title, values)[:200], "\n\n".join((fill(body, values), *_facts(body, values, locale)))
        )

    return write


# The official words name neither the reasons, the last day nor the number: what the template leaves out follows it.
_FACTS = {"reason": _l("原因訊息"), "due": _l("期限"), "number": _l("證號")}


def _facts(body: str, values: dict[str, str], locale: str) -> list[str]:
    with force_locale(locale):
        labels = {name: str(label) for name, label in _FACTS.items()}
    colon = ": " if locale == EN else "："
    return [
        f"{label}{colon}{values[name]}"
        for name, label in labels.items()
        if values.get(name) and "{" + name + "}" not in body
    ]


def _day(moment: datetime | None, locale: str) -> str:
    """The day with its weekday, as every deadline is printed (PROCESS.md section 11.14)."""
    return format_date(clock.local(moment), "full", locale) if moment else ""


def _reason(ctx: Context, locale: str) -> str:
    """Free text first, then one line for each coded reason: form, defect, remark."""
    codes = {r["reason"] for r in ctx.reasons if r.get("reason")}
    labels: dict[str, Any] = {}
    if codes:
        labels = {
            r.code: r for r in db.session.scalars(select(ReturnReason).where(ReturnReason.code.in_(codes)))
        }
    lines = [ctx.reason] if ctx.reason else []
    with force_locale(locale):
        for item in ctx.reasons:
            slot, label = SLOTS.get(item.get("slot", "")), labels.get(item.get("reason", ""))
            parts = (
                str(slot.title) if slot else "",
                (label.label_en if locale == EN else label.label_zh) if label else "",
                item.get("text", ""),
            )
            separator = ": " if locale == EN else "："
            lines.append(separator.join(part for part in parts if part))
    return "\n".join(line for line in lines if line)


def letter(words: dict[str, Words], *, first: str, url: str) -> Words:
    """The e-mail: the recipient's language first, the other below, the address, who sent it and why not to reply."""
    second = next(code for code in LOCALES if code != first)
    parts = []
    for locale in (first, second):
        with force_locale(locale):
            link = [] if url in words[locale].body else [_("Open in the portal: %(url)s", url=url)]
            footer = _("The portal sent this message by itself; please do not reply to it.")
            parts.append("\n\n".join((words[locale].title, words[locale].body, *link, footer)))
    return Words(words[first].title, f"\n\n{'-' * 60}\n\n".join(parts) + "\n")


def mail_language(locale: str) -> str:
    """The account's language when we have it, else Chinese."""
    return locale if locale in LOCALES else ZH
