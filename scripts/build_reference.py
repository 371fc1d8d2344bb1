"""Write docs/reference from the code: measures, tables, sources and commands."""

from __future__ import annotations

import inspect
from functools import partial
from pathlib import Path

from multivector import sources
from multivector.cli import app
from multivector.measures import Measure, catalogue, docstrings
from multivector.study import world
from multivector.tables import RECORDS, Table

TARGET = Path(__file__).resolve().parents[1] / "docs" / "reference"
MADE = "<!-- Made by scripts/build_reference.py from the code: do not edit. -->\n"


def families() -> dict[str, list[Measure]]:
    """Return the measures of each family, both in the order of the alphabet."""
    found: dict[str, list[Measure]] = {}
    for measure in sorted(catalogue().values(), key=lambda m: (m.family, m.name)):
        found.setdefault(measure.family, []).append(measure)
    return found


def measure_index() -> str:
    """Return the list of all measures, with links to the pages of their families."""
    lines = [MADE, "# Measures", ""]
    for family, those in families().items():
        about = docstrings.of(inspect.getmodule(those[0].function)).split("\n", 1)[0]
        lines += [f"## [{family}]({family}.md)", "", about, ""]
        lines += ["| measure | what it says |", "|---|---|"]
        lines += [f"| [{m.name}]({family}.md#{m.name}) | {m.summary} |" for m in those]
        lines.append("")
    return _text(lines)


def family_page(family: str) -> str:
    """Return the reference of the measures of a family."""
    those = families()[family]
    about = docstrings.of(inspect.getmodule(those[0].function))
    lines = [MADE, f"# {family}", "", "[All measures](index.md)", "", about]
    for measure in those:
        lines += ["", f"## {measure.name}", "", *_signature(measure), ""]
        lines += ["```text", docstrings.of(measure.function), "```"]
    return _text(lines)


def _signature(measure: Measure) -> list[str]:
    takes = ", ".join(f"`{table.name}`" for table in measure.inputs.values())
    lines = [f"Takes {takes}; gives `{measure.output.name}`.", ""]
    if measure.options:
        lines += ["| option | default |", "|---|---|"]
        for option in measure.options.values():
            default = "required" if option.required else f"`{option.default!r}`"
            lines.append(f"| `{option.name}` | {default} |")
    return lines


def tables() -> str:
    """Return the data dictionary of record tables and results."""
    results = {m.output.name: m.output for m in catalogue().values()}
    lines = [MADE, "# Tables", "", "## Record tables"]
    for table in RECORDS:
        lines += _table(table)
    lines += ["", "## Results of measures"]
    for name in sorted(results):
        lines += _table(results[name])
    return _text(lines)


def _table(table: Table) -> list[str]:
    embedded = " Embedded." if table.name in world.names() else ""
    lines = ["", f"### {table.name}", "", f"A row is {table.note}.{embedded}", ""]
    lines += [f"Key: {', '.join(f'`{k}`' for k in table.key)}.", ""]
    lines += ["| column | kind | meaning | unit | may be null |", "|---|---|---|---|---|"]
    for column in table.columns:
        note = column.note
        if column.allowed:
            note += f" ({', '.join(column.allowed)})"
        null = "yes" if column.nullable else ""
        lines.append(f"| `{column.name}` | {column.kind} | {note} | {column.unit or ''} | {null} |")
    return lines


def source_pages() -> str:
    """Return the reference of sources that can be added and of embedded origins."""
    lines = [MADE, "# Sources", "", "## Data sets that can be added", ""]
    for name in sources.names():
        module = sources.module(name)
        lines += [f"### {name}", "", inspect.getdoc(module) or "", ""]
        for o in module.RELEASES:
            lines.append(f"- `{o.id}`: {o.title}. {o.citation} <{o.url}>. Licence: {o.licence}.")
        sizes = [f"{t} {low:,} to {high:,}" for t, (low, high) in module.EXPECT.items()]
        lines += ["", f"Rows expected of a whole release: {'; '.join(sizes) or 'any'}.", ""]
    lines += ["## Origins of embedded rows", "", "| release | what | licence |", "|---|---|---|"]
    for key, o in sorted(world.origins().items()):
        told = f"{o.citation} {o.url}".replace("|", "/").strip()
        lines.append(f"| `{key}` | {told} | {o.licence} |")
    return _text(lines)


def commands() -> str:
    """Return the reference of the command line."""
    lines = [MADE, "# Commands", "", app.info.help or "", ""]
    for path, function in command_functions():
        lines += [f"## multivector {path}", "", inspect.getdoc(function) or "", ""]
        for parameter in inspect.signature(function, eval_str=True).parameters.values():
            told = getattr(parameter.annotation, "__metadata__", ())
            note = next((m.help for m in told if getattr(m, "help", None)), None)
            if note:
                lines.append(f"- `{parameter.name}`: {note}")
        lines.append("")
    return _text(lines)


def command_functions() -> list[tuple[str, object]]:
    """Return every command's words and function."""
    found = [(c.name or c.callback.__name__, c.callback) for c in app.registered_commands]
    for group in app.registered_groups:
        inner = group.typer_instance.registered_commands
        found += [(f"{group.name} {c.name or c.callback.__name__}", c.callback) for c in inner]
    return sorted(found, key=lambda pair: pair[0])


def _text(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in "\n".join(lines).splitlines()).strip() + "\n"


PAGES = {
    "measures/index.md": measure_index,
    **{f"measures/{family}.md": partial(family_page, family) for family in families()},
    "tables.md": tables,
    "sources.md": source_pages,
    "commands.md": commands,
}


def main() -> None:
    (TARGET / "measures").mkdir(parents=True, exist_ok=True)
    for stale in (TARGET / "measures").glob("*.md"):
        stale.unlink()
    for name, make in PAGES.items():
        (TARGET / name).write_text(make(), encoding="utf-8")
        print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()
