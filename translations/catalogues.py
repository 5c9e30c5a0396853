"""Keep both message catalogues whole: `update`, `check` or `compile` them.

Run as `python translations/catalogues.py update|check|compile`. A message id is written in the
language that is normative (see docs/glossary.md), so one catalogue always repeats it as it
stands; that half is filled in by `update`, the other half by a translator.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
LOCALES = ("zh_Hant_TW", "en")
#: Flask-AppBuilder's sentences live in our domain and Flask-Admin's in its own; both frameworks
#: ship Taiwan's Chinese in part or not at all, and what we lack would appear in simplified script.
FRAMEWORKS = {"messages": "flask_appbuilder", "admin": "flask_admin"}

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "_gettext": None,
    "lazy_gettext": None,
    "_ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
HEADER = (
    'msgid ""\nmsgstr ""\n"Language: {locale}\\n"\n"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Plural-Forms: {plurals}\\n"\n\n'
)
IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|[\W\d_]")


def extract(domain: str) -> Catalog:
    """Every message id of one domain, with nothing translated."""
    found = Catalog()
    for text, context in _texts(domain):
        # python-format is decided by Babel from the text itself; no places are kept, so that
        # moving code does not change the catalogues.
        found.add(text, context=context)
    return found


def update(domain: str, given: Mapping[str, str] | None = None, folder: Path = HERE) -> dict[str, list[str]]:
    """Rewrite both catalogues of a domain; answer the ids left without a translation, by locale.

    `given` maps a message id to its other language and wins over what the catalogue has.
    """
    template = extract(domain)
    lacking: dict[str, list[str]] = {}
    for locale in LOCALES:
        old = read(domain, locale, folder)
        new = Catalog(locale=locale, fuzzy=False)
        for message in _messages(template):
            known = old.get(message.id, message.context)
            string = _identity(message, locale, new.num_plurals)
            # A separator such as ", " needs no words but may need other signs: what somebody set stays.
            if string is None or (known and all(_strings(known)) and not _written_in(locale, message)):
                string = _translation(message, known, given or {}, new.num_plurals)
            added = new.add(message.id, string, context=message.context)
            if not all(_strings(added)):
                lacking.setdefault(locale, []).append(_key(message))
        _write(new, po_path(domain, locale, folder))
    return lacking


def check(domain: str, folder: Path = HERE) -> Iterator[str]:
    """One sentence for each missing, stale, fuzzy or malformed message of a domain."""
    template = extract(domain)
    for locale in LOCALES:
        place = f"{locale}/{domain}.po"
        catalogue = read(domain, locale, folder)
        for message in _messages(template):
            found = catalogue.get(message.id, message.context)
            if found is None or not all(_strings(found)):
                yield f"{place}: no translation of {_key(message)!r}"
        for message in _messages(catalogue):
            if template.get(message.id, message.context) is None:
                yield f"{place}: nothing uses {_key(message)!r} any more"
            if message.fuzzy:
                yield f"{place}: fuzzy {_key(message)!r}"
            for error in message.check(catalogue):
                yield f"{place}: {_key(message)!r}: {error}"
            if locale == "zh_Hant_TW" and (foreign := _not_taiwanese(message)):
                yield f"{place}: {_key(message)!r} holds {foreign}, which is not traditional script"


def compile_all(folder: Path = HERE) -> None:
    """Write the `.mo` of every `.po`; an unchanged one is left alone."""
    for po in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns > po.stat().st_mtime_ns:
            continue
        # A server that starts meanwhile must find the old file or the new one, never half of it.
        fresh = mo.with_suffix(f".{os.getpid()}")
        with po.open("rb") as source, fresh.open("wb") as target:
            write_mo(target, read_po(source))
        fresh.replace(mo)


def read(domain: str, locale: str, folder: Path = HERE) -> Catalog:
    """The catalogue as it is on disk; an empty one when there is none yet."""
    path = po_path(domain, locale, folder)
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def po_path(domain: str, locale: str, folder: Path = HERE) -> Path:
    """Where a catalogue lives."""
    return folder / locale / "LC_MESSAGES" / f"{domain}.po"


def _texts(domain: str) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    package = find_spec(FRAMEWORKS[domain])
    if package is None or package.origin is None:
        raise SystemExit(f"{FRAMEWORKS[domain]} is not installed; run make setup")
    jinja = {"**/templates/**.html": {"extensions": "jinja2.ext.do"}}
    sources = [
        (Path(package.origin).parent, [("**.py", "python"), ("**/templates/**.html", "jinja2")], jinja)
    ]
    if domain == "messages":
        with (HERE.parent / "babel.cfg").open() as file:
            methods, options = parse_mapping_cfg(file)
        sources.append((HERE.parent, methods, options))
    for folder, methods, options in sources:
        rows = extract_from_dir(folder, methods, options, KEYWORDS, directory_filter=_is_source)
        for _file, _line, text, _comments, context in rows:
            if text and text != ("",):
                yield text, context


def _is_source(folder: str) -> bool:
    name = Path(folder).name
    return not name.startswith((".", "_")) and name not in {"node_modules", "instance", "tests"}


def _messages(catalogue: Catalog) -> list[Message]:
    return sorted((m for m in catalogue if m.id), key=_key)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _written_in(locale: str, message: Message) -> bool:
    """Whether the id is written in the language of the locale."""
    return bool(IDEOGRAPH.search(_key(message))) == (locale == "zh_Hant_TW")


def _identity(message: Message, locale: str, plurals: int) -> str | tuple[str, ...] | None:
    """The id itself where the locale is the language the id is written in, else None."""
    neutral = not PLACEHOLDER.sub("", _key(message))
    if not neutral and not _written_in(locale, message):
        return None
    if isinstance(message.id, str):
        return message.id
    return tuple(message.id)[-plurals:]


def _translation(
    message: Message, known: Message | None, given: Mapping[str, str], plurals: int
) -> str | tuple[str, ...]:
    string = given.get(_key(message))
    if string is None:
        strings = _strings(known) if known and not known.fuzzy else ("",)
    else:
        strings = (string,) * plurals
    return strings[0] if isinstance(message.id, str) else strings


def _strings(message: Message) -> tuple[str, ...]:
    """The translation as Babel keeps it (None, one text or one for each plural), as a tuple."""
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def _not_taiwanese(message: Message) -> str:
    """The ideographs of a translation that Taiwan's character set does not have."""
    return "".join(
        c for c in "".join(_strings(message)) if IDEOGRAPH.match(c) and not c.encode("cp950", "ignore")
    )


def _write(catalogue: Catalog, path: Path) -> None:
    # Babel's own header carries dates: an update that changes no message would change the file.
    body = BytesIO()
    write_po(body, catalogue, width=0, no_location=True, sort_output=True, omit_header=True)
    header = HEADER.format(locale=catalogue.locale_identifier, plurals=catalogue.plural_forms)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header.encode() + body.getvalue())


def main(action: str) -> int:
    """Do what the command line asks; answer the exit code."""
    if action == "compile":
        compile_all()
        return 0
    if action == "check":
        problems = [line for domain in FRAMEWORKS for line in check(domain)]
        print("\n".join(problems) or "translations: complete")
        return 1 if problems else 0
    for domain in FRAMEWORKS:
        for locale, keys in update(domain).items():
            print(f"{locale}/{domain}.po: {len(keys)} to translate", *keys, sep="\n  ")
    compile_all()
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in {"update", "check", "compile"}:
        raise SystemExit(__doc__)
    raise SystemExit(main(sys.argv[1]))
