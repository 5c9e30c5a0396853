"""Two documents side by side: their fields cut into pieces, those that say the same numbered alike."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from app.campaigns.tracks import SLOTS
from app.forms import registry
from app.similarity.models import Narrative
from app.similarity.normalise import BREAK
from app.similarity.passages import numbered
from app.similarity.queries import Match
from app.similarity.wording import narrative_fields

# A passage of fewer characters is marked as counted, but nobody needs to look it up on the other side.
FEW = 10
# What is left around the passages of a document that the reader has no right to read as a whole.
AROUND = 40


@dataclass
class Piece:
    """Some of a text; `marked` when the other document says the same, `numbers` where numbered passages begin."""

    text: str
    marked: bool = False
    numbers: tuple[int, ...] = ()


@dataclass
class Words:
    """One field of a document, cut up."""

    label: str
    pieces: list[Piece]


@dataclass
class SideBySide:
    """The later document and the earlier one; `passages` how many numbers there are."""

    mine: list[Words]
    theirs: list[Words]
    passages: int


Span = tuple[int, int, int]


def title(narrative: Narrative) -> str:
    """The slot, and the form where that says more."""
    form = str(registry.get(narrative.form_code, narrative.form_version).title)
    slot = str(SLOTS[narrative.slot].title) if narrative.slot in SLOTS else narrative.slot
    return form if form.startswith(slot) else f"{slot} · {form}"


def side_by_side(match: Match, mine: Narrative, *, whole: bool) -> SideBySide:
    """Both documents with their passages; of the other one only these and a few words around, unless `whole`."""
    rows = numbered(match.passages)
    sizes = Counter[int]()
    for number, passage in rows:
        sizes[number] += passage.end - passage.start
    shown: dict[int, int] = {}
    for number, size in sizes.items():
        shown[number] = len(set(shown.values()) - {0}) + 1 if size >= FEW else 0
    left = [(shown[number], p.start, p.end) for number, p in rows]
    right = [(shown[number], p.other_start, p.other_end) for number, p in rows]
    theirs = _fields(match.narrative, right)
    return SideBySide(
        _fields(mine, left), theirs if whole else _excerpts(theirs), max(shown.values(), default=0)
    )


def _fields(narrative: Narrative, spans: list[Span]) -> list[Words]:
    """The fields of a document under their labels; a span is a number (0: none) with where it begins and ends."""
    labels = _labels(narrative)
    found, place, begun = [], 0, set[int]()
    for name, text in zip(narrative.fields, narrative.text.split(BREAK), strict=True):
        inside = [
            (n, max(a - place, 0), b - place) for n, a, b in spans if a < place + len(text) and b > place
        ]
        found.append(Words(labels.get(name, name), _pieces(text, inside, begun)))
        place += len(text) + len(BREAK)
    return found


def _pieces(text: str, spans: list[Span], begun: set[int]) -> list[Piece]:
    """The text cut wherever a span begins or ends; spans of the earlier text may lie across each other."""
    cuts = sorted({0, len(text), *(min(cut, len(text)) for _n, a, b in spans for cut in (a, b))})
    pieces: list[Piece] = []
    for a, b in pairwise(cuts):
        covering = [n for n, start, end in spans if start <= a and b <= end]
        new = tuple(sorted({n for n in covering if n} - begun))
        begun.update(new)
        if pieces and pieces[-1].marked == bool(covering) and not new:
            pieces[-1].text += text[a:b]
        else:
            pieces.append(Piece(text[a:b], bool(covering), new))
    return pieces


def _excerpts(fields: list[Words]) -> list[Words]:
    """Only the fields with a passage, and there only some words around each."""
    return [
        Words(field.label, [_cut(field.pieces, place) for place in range(len(field.pieces))])
        for field in fields
        if any(piece.marked for piece in field.pieces)
    ]


def _cut(pieces: list[Piece], place: int) -> Piece:
    text = pieces[place].text
    head = text[:AROUND] if place else ""
    tail = text[-AROUND:] if place + 1 < len(pieces) else ""
    if pieces[place].marked or len(text) <= len(head) + len(tail):
        return pieces[place]
    return Piece(f"{head}…{tail}")


def _labels(narrative: Narrative) -> dict[str, str]:
    """Field name -> label, in the language of the reader."""
    item = next(item for item in narrative.submission.content if item["slot"] == narrative.slot)
    form = registry.build(item["form"], item["version"], answers=item["answers"])
    return {part.name: part.label for part in narrative_fields(form)}
