"""The only clock: UTC in storage, Asia/Taipei for people, ROC years on paper."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TAIPEI = ZoneInfo("Asia/Taipei")
ROC_OFFSET = 1911


_told_at: ContextVar[datetime | None] = ContextVar("told_at", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _told_at.get() or datetime.now(UTC)


@contextmanager
def told_at(moment: datetime) -> Iterator[None]:
    """Let `now` be `moment`: for imports and demo stories that happened earlier, never for a request."""
    token = _told_at.set(utc(moment))
    try:
        yield
    finally:
        _told_at.reset(token)


def today() -> date:
    """Today's date where the users are."""
    return now().astimezone(TAIPEI).date()


def local(moment: datetime) -> datetime:
    """`moment` as people in Taiwan read it; naive values are UTC, as SQLite returns them."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(TAIPEI)


def utc(moment: datetime) -> datetime:
    """`moment` as an aware UTC value."""
    return local(moment).astimezone(UTC)


def roc_year(year: int) -> int:
    """民國 year of a common-era year."""
    return year - ROC_OFFSET


def roc_date(day: date) -> str:
    """民國110年1月22日, as paper forms and certificates print it."""
    return f"民國{roc_year(day.year)}年{day.month}月{day.day}日"


def end_of_day(day: date) -> datetime:
    """The last second of `day` in Taipei: deadlines include it (PROCESS.md section 11.6)."""
    return datetime.combine(day, time(23, 59, 59), TAIPEI).astimezone(UTC)


def passed(deadline: datetime) -> bool:
    """Whether `deadline` is over; the whole of its last second still belongs to it."""
    return deadline <= last_passed()


def last_passed() -> datetime:
    """The latest deadline that is over: `passed` as a query asks it, `column <= last_passed()`."""
    return now() - timedelta(seconds=1)


def days_after(moment: datetime, days: int) -> datetime:
    """The last second of the `days`-th calendar day after `moment`, holidays included."""
    return end_of_day(local(moment).date() + timedelta(days=days))
