"""A planted corpus against an exact scan of everything: nothing missed, nothing false."""

from typing import Any

import pytest

from app.core.db import db
from app.similarity import lookup
from app.similarity.models import Narrative
from app.similarity.normalise import plain
from app.similarity.queries import most_alike
from app.similarity.winnow import grams
from app.similarity.wording import own_wording
from tests import factories
from tests.similarity.corpus import Writer, containment, document

SHARES = (0.3, 0.45, 0.6, 0.62, 0.7, 0.85, 0.9, 0.92, 0.95)


def scan(text: str, narratives: list[Narrative], threshold: float) -> dict[int, float]:
    """The containment of the text in every narrative, gram by gram."""
    own = own_wording().grams
    mine = grams(plain(text), own)
    found = {row.id: containment(mine, grams(plain(row.text), own)) for row in narratives}
    return {number: share for number, share in found.items() if share >= threshold}


def answered(text: str, threshold: float) -> dict[int, float]:
    matches = most_alike(text, limit=10_000, threshold=threshold)
    assert [m.containment for m in matches] == sorted((m.containment for m in matches), reverse=True)
    return {match.narrative.id: match.containment for match in matches}


@pytest.mark.parametrize("length", [7, 12, 30, 120])
def test_every_copy_is_found_and_nothing_else(db_session: Any, length: int) -> None:
    """`length` in sentences: from what is barely long enough to be judged to a long case study."""
    writer = Writer(length)
    campaign, by = factories.campaign(), factories.teacher()
    kept = [document(campaign, writer.text(length), by=by) for _ in range(40)]
    everything = [row for row in kept if row]
    original = [row.text for row in everything]
    for threshold in (60, 90):
        reached = 0
        for way in writer.ways:
            for share in SHARES:
                query = way(writer.draw.choice(original), share)
                expected = scan(query, everything, threshold)
                assert answered(query, threshold) == expected, (way.__name__, share, threshold)
                reached += len(expected)
        assert reached > 5


def test_what_hundreds_have_copied_is_found(db_session: Any, monkeypatch: Any) -> None:
    """Every fingerprint of the text is frequent, and the copies are re-ordered: no rare one gives them away."""
    monkeypatch.setattr(lookup, "CAP", 5)
    writer = Writer(9)
    campaign, by = factories.campaign(), factories.teacher()
    pool = writer.sentences(30)
    kept = []
    for _ in range(60):
        rows = [*writer.draw.sample(pool, writer.draw.randint(22, 30)), *writer.sentences(10)]
        writer.draw.shuffle(rows)
        kept.append(document(campaign, "，".join(rows), by=by))
    everything = [row for row in kept if row]
    reached = 0
    for _ in range(40):
        query = "，".join(writer.draw.sample(pool, 20))
        expected = scan(query, everything, 60)
        assert answered(query, 60) == expected
        reached += len(expected)
    assert reached > 100


def test_half_of_it_is_what_everybody_writes(db_session: Any, monkeypatch: Any) -> None:
    """Common sentences beside a copied part: the copy is found, those who share only the common part are not."""
    monkeypatch.setattr(lookup, "CAP", 5)
    writer = Writer(10)
    campaign, by = factories.campaign(), factories.teacher()
    common = writer.sentences(15)
    kept = [document(campaign, "，".join([*common, *writer.sentences(15)]), by=by) for _ in range(40)]
    everything = [row for row in kept if row]
    for row in everything[:20]:
        for query in (
            writer.block(row.text, 0.8),
            writer.reorder(row.text, 1),
            writer.scatter(row.text, 0.75),
        ):
            expected = scan(query, everything, 60)
            assert row.id in expected and answered(query, 60) == expected


def test_the_form_alone_is_like_nothing(db_session: Any) -> None:
    """Copied labels, hints and rubric texts are the form's, whoever sends them."""
    from app.forms import registry
    from app.similarity import wording

    campaign, by = factories.campaign(), factories.teacher()
    printed = ["".join(wording._words(form)) for form in registry.all_forms()]
    items = db.session.scalars(db.select(wording.RubricItem).order_by(wording.RubricItem.id)).all()
    printed += ["".join(item.title_zh or "" for item in items)]
    assert sum(len(plain(text)) > 150 for text in printed) > 10
    for text in printed:
        assert document(campaign, text, by=by) is None
        assert most_alike(text, threshold=0) == []
    own = Writer(11).text(10)
    first = document(campaign, own, by=by)
    [match] = most_alike(f"{printed[0]}{own}")
    assert first and match.narrative.id == first.id and match.containment > 95


def test_a_text_too_short_is_not_judged(db_session: Any) -> None:
    text = "".join(Writer(12).words)
    document(factories.campaign(), text[:59])
    assert most_alike(text[:59]) == []
    assert [round(m.containment) for m in most_alike(text[:60])] == [98]
