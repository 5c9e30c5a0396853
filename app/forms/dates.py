"""Dates as people write them on Taiwan's school forms: ISO, slashes, or years of the Republic (民國)."""

import re
import unicodedata
from datetime import date

# Year 1 of the Republic is 1912.
ROC_OFFSET = 1911
_PARTS = re.compile(r"(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_COMPACT = re.compile(r"(\d{3,4})(\d{2})(\d{2})")


def parse_date(text: str) -> date | None:
    """Read `110/1/5`, `民國110年1月5日`, `110-01-05`, `2021-01-05`, `1100105`; None when it is no date.

    Years of up to three digits are years of the Republic. Full-width digits and spaces are welcome.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).removeprefix("民國")
    match = _PARTS.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    if len(match[1]) < 4:
        year += ROC_OFFSET
    if not 1912 <= year <= 2200:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def roc(day: date) -> str:
    """`民國110年1月5日`, as official paper shows a date."""
    return f"民國{day.year - ROC_OFFSET}年{day.month}月{day.day}日"
