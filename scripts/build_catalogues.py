"""Bring the catalogues up to date with the messages in the code: ``words/{tr,ru,kk}.po``.

Messages are the literals in calls of ``say``, ``many`` and ``mark`` in modules that import them
from ``multivector.words``, in every template, the columns of embedded tables that are shown
as sentences, the summaries of measures and the notes of tables. Translations of messages that are
still said are kept; those of messages no longer said are dropped. With ``--check`` nothing is
written, and the exit code tells.

    python scripts/build_catalogues.py [--check]
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from multivector import measures, tables

PACKAGE = Path(__file__).parents[1] / "src" / "multivector"
CATALOGUES = PACKAGE / "words"
FORMS = {
    "tr": "nplurals=1; plural=0;",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
    "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "kk": "nplurals=1; plural=0;",
}
SENTENCES = (("questions.tsv", "question"), ("poles.tsv", "reason"))
SAYING = {"say": 1, "mark": 1, "many": 3}

Key = tuple[str, str | None]


def messages() -> dict[Key, list[str]]:
    """Return every message with the files that say it; a plural is a pair."""
    found: dict[Key, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        _add(found, path, _in_code(path))
    for path in sorted(PACKAGE.rglob("*.j2")):
        _add(found, path, _in_template(path))
    for file, column in SENTENCES:
        path = PACKAGE / "data" / file
        head, *rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
        _add(found, path, ((row[head.index(column)], None) for row in rows))
    for measure in measures.catalogue().values():
        path = PACKAGE / "measures" / f"{measure.family}.py"
        _add(found, path, iter([(measure.summary, None), (measure.output.note, None)]))
    for table in tables.RECORDS:
        _add(found, PACKAGE / "tables" / "records.py", iter([(table.note, None)]))
    clash = {one for one, other in found if other} & {one for one, other in found if not other}
    if clash:
        sys.exit(f"said both alone and with a plural: {sorted(clash)}; word one of them otherwise")
    return found


def _add(found: dict[Key, list[str]], path: Path, keys: Iterator[Key]) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    for key in keys:
        places = found.setdefault(key, [])
        if place not in places:
            places.append(place)


def _in_code(path: Path) -> Iterator[Key]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "multivector.words"
        for alias in node.names
        if alias.name in SAYING
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        name = names.get(node.func.id)
        if name is None:
            continue
        own = node.args[1:3] if name == "many" else node.args[:1]
        if any(isinstance(part, ast.JoinedStr) for arg in own for part in ast.walk(arg)):
            sys.exit(f"{path}:{node.lineno}: a message is made with an f-string; name its values")
        words = [arg.value for arg in own if isinstance(arg, ast.Constant)]
        if name == "many" and len(words) == 2:
            yield words[0], words[1]
        elif name != "many" and len(words) == 1:
            yield words[0], None


def _in_template(path: Path) -> Iterator[Key]:
    tree = Environment(extensions=["jinja2.ext.do"]).parse(path.read_text("utf-8"))
    for call in tree.find_all(nodes.Call):
        if not isinstance(call.node, nodes.Name) or call.node.name not in SAYING:
            continue
        words = [arg.value for arg in call.args if isinstance(arg, nodes.Const)]
        words = [word for word in words if isinstance(word, str)]
        if call.node.name == "many" and len(words) == 2:
            yield words[0], words[1]
        elif call.node.name != "many" and len(words) == 1:
            yield words[0], None


def read(language: str) -> Catalog:
    path = CATALOGUES / f"{language}.po"
    content = path.read_bytes() if path.is_file() else b""
    return read_po(BytesIO(content), locale=language)


def forms(catalogue: Catalog, singular: str) -> tuple[str, ...]:
    """Return the translation of a message, all its forms; nothing if it has none."""
    message = catalogue.get(singular)
    if message is None or not message.string:
        return ()
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def written(language: str, found: dict[Key, list[str]]) -> str:
    """Return the catalogue of a language as it should stand in its file."""
    catalogue = read(language)
    size = int(FORMS[language].split("=")[1].split(";")[0])
    lines = [
        'msgid ""',
        'msgstr ""',
        _quoted(f"Language: {language}\n"),
        _quoted("MIME-Version: 1.0\n"),
        _quoted("Content-Type: text/plain; charset=utf-8\n"),
        _quoted("Content-Transfer-Encoding: 8bit\n"),
        _quoted(f"Plural-Forms: {FORMS[language]}\n"),
    ]
    for (singular, plural), places in sorted(found.items(), key=lambda item: (item[1], item[0][0])):
        said = forms(catalogue, singular)
        lines += ["", f"#: {' '.join(places)}", f"msgid {_quoted(singular)}"]
        if plural is None:
            lines.append(f"msgstr {_quoted(said[0] if len(said) == 1 else '')}")
            continue
        lines.append(f"msgid_plural {_quoted(plural)}")
        said = said if len(said) == size else ("",) * size
        lines += [f"msgstr[{place}] {_quoted(form)}" for place, form in enumerate(said)]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    for mark, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(mark, escaped)
    return f'"{text}"'


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def faults(language: str, found: dict[Key, list[str]]) -> list[str]:
    """Return what is wrong with a catalogue: missing, stale, empty, fuzzy, other placeholders."""
    catalogue = read(language)
    told = []
    known = {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalogue if m.id}
    told += [f"no longer said: {key!r}" for key in known if key not in {one for one, _ in found}]
    for singular, plural in found:
        message = known.get(singular)
        said = () if message is None else forms(catalogue, singular)
        if not said or not all(said):
            told.append(f"not translated: {singular!r} ({', '.join(found[singular, plural])})")
            continue
        if message is not None and message.fuzzy:
            told.append(f"fuzzy: {singular!r}")
        wanted = placeholders(plural or singular)
        if any(placeholders(form) != wanted for form in said):
            told.append(f"other placeholders than {sorted(wanted)}: {singular!r}")
    return told


def main() -> None:
    found = messages()
    if "--check" not in sys.argv[1:]:
        for language in FORMS:
            (CATALOGUES / f"{language}.po").write_text(
                written(language, found), encoding="utf-8", newline="\n"
            )
    told = {language: faults(language, found) for language in FORMS}
    for language, own in told.items():
        print(f"{language}: {len(found) - len(own)} of {len(found)} messages are sound")
        for fault in own[:40] if "--check" in sys.argv[1:] else ():
            print(f"  {fault}")
    if "--check" in sys.argv[1:] and any(told.values()):
        sys.exit("run: python scripts/build_catalogues.py, and translate what is new")


if __name__ == "__main__":
    main()
