"""Write docs/reference from the code: measures, tables, sources and commands."""

from __future__ import annotations

import inspect
from pathlib import Path

from multivector import sources
from multivector.cli import app
from multivector.measures import Measure, catalogue
from multivector.study import world
from multivector.tables import RECORDS, Table

TARGET = Path(__file__).resolve().parents[1] / "docs" / "reference"
MADE = "<!-- Made by scripts/build_reference.py from the code: do not edit. -->\n"


def measures() -> str:
    """Return the reference of measures, family by family."""
    lines = [MADE, "# Measures", "", *_measure_index()]
    family = ""
    for measure in sorted(catalogue().values(), key=lambda m: (m.family, m.name)):
        if measure.family != family:
            family = measure.family
            module = inspect.getmodule(measure.function)
            lines += ["", f"## {family}", "", inspect.getdoc(module) or ""]
        lines += ["", f"### {measure.name}", "", *_signature(measure), ""]
        lines += ["```text", inspect.getdoc(measure.function) or "", "```"]
    return _text(lines)


def _measure_index() -> list[str]:
    rows = [f"| [{m.name}](#{m.name}) | {m.summary} |" for m in catalogue().values()]
    return ["| measure | what it says |", "|---|---|", *rows]


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
    "measures.md": measures,
    "tables.md": tables,
    "sources.md": source_pages,
    "commands.md": commands,
}


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        (TARGET / name).write_text(make(), encoding="utf-8")
        print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()
