"""A wrong declaration stops the start and says where and what to do."""

import pytest

from app.core.errors import DeclarationError
from app.forms import registry
from app.forms.base import OfficialForm, Section, UploadForm
from app.forms.fields import ChoiceField, TextField


def form(**attributes: object) -> type[OfficialForm]:
    defaults = {
        "code": "x",
        "title": "X",
        "sections": (Section("One", ("name",)),),
        "name": TextField("Name"),
        "__module__": __name__,
    }
    return type("Made", (OfficialForm,), defaults | attributes)


def test_the_forms_of_this_house() -> None:
    typed = {one.code for one in registry.all_forms() if one.kind == "typed"}
    assert {"pre-observation-a", "observation-105", "post-observation-b"} <= typed
    assert all(str(one.title) for one in registry.all_forms())


def test_latest_version_unless_asked() -> None:
    old, new = form(version=1), form(version=2)
    known = registry.collect([old, new])
    assert known == {("x", 1): old, ("x", 2): new}
    assert registry.get("observation-105") is registry.get("observation-105", 1)
    with pytest.raises(KeyError):
        registry.get("unknown")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ([form(), form()], "already taken"),
        ([form(title="")], "has no title"),
        ([form(sections=(Section("One", ("name", "nome")),))], "'nome'"),
        ([form(sections=(Section("One", ("name",)), Section("Two", ("name",))))], "more than one section"),
        ([form(extra=TextField("Extra"))], "stands in no section"),
        ([form(name=TextField("Name", show_if=("who", "y")))], "show_if"),
        (
            [
                form(
                    sections=(Section("One", ("name", "kind")),),
                    kind=ChoiceField("Kind", options=(("a", "A"),)),
                    name=TextField("Name", show_if=("kind", "b")),
                )
            ],
            "show_if",
        ),
    ],
)
def test_wrong_declarations(wrong: list[type[OfficialForm]], words: str) -> None:
    with pytest.raises(DeclarationError, match=words) as caught:
        registry.collect(wrong)
    assert "test_registry.py" in str(caught.value)


def test_upload_forms_need_no_sections() -> None:
    blank = type("Blank", (UploadForm,), {"code": "u", "title": "U", "__module__": __name__})
    assert registry.collect([blank])
    assert blank().problems() == []
