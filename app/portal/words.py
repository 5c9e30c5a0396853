"""Dates and sizes in words, as template filters."""

from datetime import date, datetime

from babel.dates import format_date
from flask import Flask
from flask_babel import gettext as _

from app.core import clock
from app.core.i18n import EN, age, locale_code


def init_app(app: Flask) -> None:
    """Register the filters."""
    for function in (day, moment, second, short_day, size, device, age):
        app.add_template_filter(function)


def day(value: datetime | date | None) -> str:
    """A deadline with its weekday: 民國115年11月30日 星期一 (2026-11-30), Monday, November 30, 2026."""
    if value is None:
        return ""
    on = clock.local(value).date() if isinstance(value, datetime) else value
    roc = f"{clock.roc_year(on.year)}/{on.month}/{on.day}"
    if locale_code() == EN:
        return f"{format_date(on, 'full', 'en')} (ROC {roc})"
    return f"{clock.roc_date(on)} {format_date(on, 'EEEE', 'zh_Hant_TW')} ({on.isoformat()})"


def short_day(value: datetime | date | None) -> str:
    """2026-11-30, in Taipei."""
    if value is None:
        return ""
    return (clock.local(value).date() if isinstance(value, datetime) else value).isoformat()


def moment(value: datetime | None) -> str:
    """2026-11-30 09:15, in Taipei."""
    return clock.local(value).strftime("%Y-%m-%d %H:%M") if value else ""


def second(value: datetime) -> str:
    """2026-11-30 23:59:59, in Taipei: what a receipt proves."""
    return clock.local(value).strftime("%Y-%m-%d %H:%M:%S")


def size(value: int) -> str:
    """A file's size as people say it."""
    return f"{value / 1024 / 1024:.1f} MB" if value >= 1024 * 1024 else f"{max(1, round(value / 1024))} KB"


# A browser names all that it resembles; the first of these that it says is what it is.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device(agent: str) -> str:
    """What somebody recognises of a browser's long name: Chrome (Windows)."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), _("Unknown browser"))
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} ({system})" if system else browser


def days_left(value: datetime) -> str:
    """How long until the end of that day, in words."""
    left = (clock.local(value).date() - clock.today()).days
    if left < 0:
        return _("the time is over")
    return _("today is the last day") if left == 0 else _("%(days)s days left", days=left)
