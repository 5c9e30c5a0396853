"""Language of the present user, and bilingual values."""

from datetime import datetime

from flask import has_request_context, session
from flask_babel import get_locale
from flask_babel import gettext as _

from app.core import clock

ZH = "zh_Hant_TW"
EN = "en"
LOCALES = {ZH: "繁體中文", EN: "English"}
# What people and old links write for a language, and the locale they mean.
ALIASES = {
    "zh": ZH,
    "zh-tw": ZH,
    "zh_tw": ZH,
    "zh-hant": ZH,
    "zh_hant": ZH,
    "zh-hant-tw": ZH,
    "en-us": EN,
    "en-gb": EN,
    "en_us": EN,
}


def locale_code() -> str:
    """`zh_Hant_TW` or `en`."""
    if has_request_context():
        chosen = session.get("locale")
        if chosen in LOCALES:
            return str(chosen)
    current = get_locale()
    return EN if current is not None and current.language == "en" else ZH


def pick(zh: str | None, en: str | None) -> str:
    """The wording in the user's language; the other one when it is empty."""
    first, second = (en, zh) if locale_code() == EN else (zh, en)
    return first or second or ""


def age(value: datetime | None) -> str:
    """How long it has lasted, in whole days: 3 days."""
    number = (clock.now() - value).days if value else 0
    if number < 2:
        return _("1 day") if number else _("less than a day")
    return _("%(number)s days", number=number)
