"""Texts as they are compared: letters, ideographs and digits alone, variants as one, and where each one stood."""

import sys
import unicodedata
from dataclasses import dataclass

import numpy as np

# Stands between the fields of a document: no field can contain it, and no comparison runs across it.
BREAK = "\f"

# The same word in another hand or from another keyboard: variant -> usual form in Taiwan.
_VARIANTS = dict(
    zip(
        "臺裏爲衆羣峯綫敎啓卻麪汚牀着産絶説内值强温録静歩冲决况减凑凉净准",
        "台裡為眾群峰線教啟却麵污床著產絕說內値強溫錄靜步沖決況減湊涼淨準",
        strict=True,
    )
)


class _Table(dict[int, str]):
    """Character -> what is compared of it, worked out once: compatible forms, case and accents fall away."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(code)).casefold()
        kept = BREAK if chr(code) == BREAK else "".join(_VARIANTS.get(c, c) for c in parts if c.isalnum())
        self[code] = kept
        return kept


_TABLE = _Table()
# The same as an array, which is ten times as fast: code -> code, or one of these.
_DROPPED, _SEVERAL, _UNKNOWN = 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF
_CODES = np.full(sys.maxunicode + 1, _UNKNOWN, dtype=np.uint32)


@dataclass(frozen=True)
class Plain:
    """`chars` as compared; `at[i]` is the place of the i-th of them in the original text."""

    chars: str
    at: list[int]


def plain(text: str) -> str:
    """What is compared of the text."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kept = _CODES[codes]
    if (kept == _UNKNOWN).any():
        for code in set(codes[kept == _UNKNOWN].tolist()):
            found = _TABLE[code]
            _CODES[code] = _SEVERAL if len(found) > 1 else ord(found) if found else _DROPPED
        kept = _CODES[codes]
    if (kept == _SEVERAL).any():
        return text.translate(_TABLE)
    return kept[kept != _DROPPED].tobytes().decode("utf-32-le")


def plain_with_places(text: str) -> Plain:
    """The same, and where each character stood."""
    pieces = [text[i].translate(_TABLE) for i in range(len(text))]
    return Plain("".join(pieces), [place for place, piece in enumerate(pieces) for _ in piece])
