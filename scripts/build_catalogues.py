"""Bring the catalogues up to date with the messages in the code: ``words/{tr,ru,kk}.po``.

Messages are the literals in calls of ``say``, ``many`` and ``mark`` in modules that import them
from ``multivector.words``, in every template, the columns of embedded tables that are shown
as sentences, the summaries of measures and the notes of tables. Translations of messages that are
still said are kept; those of messages no longer said are dropped; what has none is listed, and is
said in English meanwhile. With ``--check`` nothing is written, and the exit code tells whether a
translation is wrong; with ``--release`` also whether one is missing.

    python scripts/build_catalogues.py [--check | --release]
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


def missing(language: str, found: dict[Key, list[str]]) -> list[Key]:
    """Return the messages that are said in English for want of a translation."""
    catalogue = read(language)
    known = {key: said for key in found if (said := forms(catalogue, key[0]))}
    return [key for key in found if not all(known.get(key, ("",)))]


def faults(language: str, found: dict[Key, list[str]]) -> list[str]:
    """Return the translations that are wrong: fuzzy, or with other placeholders."""
    catalogue = read(language)
    wrong = []
    for singular, plural in found:
        message = catalogue.get(singular)
        if message is not None and message.fuzzy:
            wrong.append(f"fuzzy: {singular!r}")
        wanted = placeholders(plural or singular)
        if any(form and placeholders(form) != wanted for form in forms(catalogue, singular)):
            wrong.append(f"other placeholders than {sorted(wanted)}: {singular!r}")
    return wrong


def stale(language: str, found: dict[Key, list[str]]) -> list[str]:
    """Return the messages of a catalogue that are no longer said."""
    held = (m.id if isinstance(m.id, str) else m.id[0] for m in read(language) if m.id)
    said = {singular for singular, _ in found}
    return [key for key in held if key not in said]


def main() -> None:
    found = messages()
    asked = set(sys.argv[1:])
    if not asked:
        for language in FORMS:
            (CATALOGUES / f"{language}.po").write_text(
                written(language, found), encoding="utf-8", newline="\n"
            )
    wrong = lacking = 0
    for language in FORMS:
        own = missing(language, found)
        print(f"{language}: {len(found) - len(own)} of {len(found)} messages are translated")
        for key in own:
            print(f"  not translated: {key[0]!r} ({', '.join(found[key])})")
        for text in stale(language, found):
            print(f"  no longer said: {text!r}")
            lacking += 1
        for fault in faults(language, found):
            print(f"  {fault}")
            wrong += 1
        lacking += len(own)
    if wrong:
        sys.exit("correct the translations above in src/multivector/words")
    if lacking and "--release" in asked:
        sys.exit("a release says everything in every language: make catalogues, then translate")


if __name__ == "__main__":
    main()
