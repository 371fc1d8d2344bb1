"""The OpenAPI document: every address as it is declared, with its options and formats."""

from __future__ import annotations

import re
from typing import Any

from multivector.version import __version__
from multivector.web import formats
from multivector.web.page import Field, Route

__all__ = ["document"]

_TYPES = {"whole": "integer", "year": "integer", "number": "number", "bool": "boolean"}
_ERROR = {"$ref": "#/components/schemas/Error"}


def document(routes: tuple[Route, ...]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of the addresses under ``/api``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "multivector",
            "version": __version__,
            "description": "What the observatory shows, as JSON. Read-only. Every answer names its "
            "runs and sources; its ETag follows from them.",
        },
        "paths": {path: {"get": asked} for route in routes for path, asked in _described(route)},
        "components": {"schemas": {"Page": _page(), "Error": _error()}},
    }


def _described(route: Route) -> list[tuple[str, dict[str, Any]]]:
    """Return an address, and those under it whose options follow from their path."""
    whole = "{" not in route.path
    fields = route.options({}) if whole else route.fields
    found = [(_path(route.path), _operation(route.path, route.title, fields))]
    for parts in () if route.each is None else route.each():
        path = route.path
        for name, value in parts.items():
            path = path.replace(f"{{{name}}}", value)
        title = f"{route.title}: {' '.join(parts.values())}"
        found.append((_path(path), _operation(path, title, route.options(parts))))
    return found


def _path(path: str) -> str:
    return "/api" + re.sub(r":path\}", "}", path).rstrip("/")


def _operation(path: str, title: str, fields: tuple[Field, ...]) -> dict[str, Any]:
    parts = re.findall(r"\{(\w+)(?::path)?\}", path)
    within = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in parts
    ]
    name = re.sub(r"\W+", "_", path).strip("_") or "home"
    refused = {
        str(code): {"description": note, "content": {"application/json": {"schema": _ERROR}}}
        for code, note in ((400, "an option is wrong"), (404, "not known, or no data for it"))
    }
    schema = {"$ref": "#/components/schemas/Page"}
    return {
        "operationId": name,
        "summary": title,
        "parameters": [*within, *(_parameter(f) for f in fields), *_everywhere()],
        "responses": {
            "200": {
                "description": "the page's content",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {
                    "application/json": {"schema": schema},
                    "text/csv": {"schema": {"type": "string"}},
                },
            },
            "304": {"description": "as the ETag given says, nothing has changed"},
            **refused,
        },
    }


def _parameter(item: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _TYPES.get(item.kind, "string")}
    if item.choices:
        schema["enum"] = [value for value, _ in item.choices]
    if item.default is not None:
        schema["default"] = item.default
    note = f"{item.label}. {item.note}".strip()
    return {
        "name": item.name,
        "in": "query",
        "required": item.required,
        "description": note,
        "schema": schema,
    }


def _everywhere() -> list[dict[str, Any]]:
    known: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("format", "json, or another form of the same", {"enum": list(formats.FORMATS)}),
        ("lang", "language of names and sentences", {"enum": ["en", "tr", "ru", "kk"]}),
        ("table", "table for CSV; the first if not given", {"type": "string"}),
        ("limit", "rows of each table", {"type": "integer", "default": formats.PAGE_ROWS}),
        ("offset", "rows of each table to pass over", {"type": "integer", "default": 0}),
    )
    return [
        {"name": name, "in": "query", "description": note, "schema": schema}
        for name, note, schema in known
    ]


def _page() -> dict[str, Any]:
    listed = {"type": "array", "items": {"type": "object"}}
    lists = ("facts", "sections", "gaps", "runs", "references")
    return {
        "type": "object",
        "required": ["title", *lists, "tables"],
        "properties": {
            "title": {"type": "string"},
            **dict.fromkeys(lists, listed),
            "tables": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "properties": {
                        "total": {"type": "integer"},
                        "offset": {"type": "integer"},
                        "rows": listed,
                        "next": {"type": ["string", "null"]},
                    },
                },
            },
            "command": {"type": ["string", "null"]},
            "python": {"type": ["string", "null"]},
        },
    }


def _error() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["error", "status"],
        "properties": {"error": {"type": "string"}, "status": {"type": "integer"}},
    }
