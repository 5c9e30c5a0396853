"""The catalogue tool: what it fills in by itself, and what it refuses."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """translations/catalogues.py over three messages of our own."""
    spec = importlib.util.spec_from_file_location("catalogues", ROOT / "translations" / "catalogues.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def three(_domain: str) -> Catalog:
        found = Catalog()
        for text in ("退件", "Save", ("%(num)d case", "%(num)d cases")):
            found.add(text)
        return found

    monkeypatch.setattr(module, "extract", three)
    return module


def test_each_language_repeats_its_own_ids_and_lacks_the_others(tool: ModuleType, tmp_path: Path) -> None:
    assert tool.update("messages", folder=tmp_path) == {
        "zh_Hant_TW": ["%(num)d case", "Save"],
        "en": ["退件"],
    }
    english = tool.read("messages", "en", tmp_path)
    assert english.get("Save").string == "Save"
    assert english.get(("%(num)d case", "%(num)d cases")).string == ("%(num)d case", "%(num)d cases")
    assert tool.read("messages", "zh_Hant_TW", tmp_path).get("退件").string == "退件"


def test_a_translation_once_given_stays_and_a_second_update_changes_nothing(
    tool: ModuleType, tmp_path: Path
) -> None:
    given = {"Save": "儲存", "退件": "Returned", "%(num)d case": "%(num)d 件案件"}
    assert tool.update("messages", given, tmp_path) == {}
    before = [path.read_bytes() for path in sorted(tmp_path.glob("**/*.po"))]
    assert tool.update("messages", folder=tmp_path) == {}
    assert [path.read_bytes() for path in sorted(tmp_path.glob("**/*.po"))] == before
    assert list(tool.check("messages", tmp_path)) == []


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"Save": ""}, "no translation of 'Save'"),
        ({"Save": "保存设置"}, "not traditional script"),
        ({"%(num)d case": "%(count)d 件案件"}, "'%(num)d case'"),
    ],
)
def test_check_names_what_is_wrong(
    tool: ModuleType, tmp_path: Path, given: dict[str, str], complaint: str
) -> None:
    good = {"Save": "儲存", "退件": "Returned", "%(num)d case": "%(num)d 件案件"}
    tool.update("messages", {**good, **given}, tmp_path)
    problems = list(tool.check("messages", tmp_path))
    assert len(problems) == 1
    assert complaint in problems[0]


def test_check_finds_a_message_that_nothing_uses(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool.update("messages", {"Save": "儲存", "退件": "Returned", "%(num)d case": "%(num)d 件案件"}, tmp_path)
    monkeypatch.setattr(tool, "extract", lambda _domain: Catalog())
    assert len([line for line in tool.check("messages", tmp_path) if "nothing uses" in line]) == 6
