"""Make the embedded map of the world from Natural Earth as the npm package world-atlas has it.

Usage: python scripts/build_map.py PACKAGE_FOLDER [src/multivector/data]

Read are ``countries-110m.json`` for outlines, and the finer ``countries-50m.json`` and
``countries-10m.json`` for where states stand that are too small for an outline. Written is
``world_map.json``: rings of longitudes and latitudes in tenths of a degree, by our codes; under
``other`` land that has no code of ours. Names and borders are the source's; none was moved.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from multivector.names.states import lists, today

SOURCE = "natural_earth@4.1.0"
NAMED = {"Kosovo": "XKX"}
SMALL = 1.6
Ring = list[tuple[float, float]]


def arcs_of(topology: dict[str, Any]) -> list[Ring]:
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    decoded = []
    for arc in topology["arcs"]:
        x = y = 0
        ring = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            ring.append((x * sx + tx, y * sy + ty))
        decoded.append(ring)
    return decoded


def polygons(geometry: dict[str, Any], arcs: list[Ring]) -> list[list[Ring]]:
    def ring(indices: list[int]) -> Ring:
        points: Ring = []
        for index in indices:
            part = arcs[index] if index >= 0 else arcs[~index][::-1]
            points += part[1:] if points else part
        return points

    parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [[ring(indices) for indices in part] for part in parts]


def area(ring: Ring) -> float:
    total = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        total += x1 * y2 - x2 * y1
    return abs(total) / 2


def middle(ring: Ring) -> list[int]:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return [round(5 * (min(xs) + max(xs))), round(5 * (min(ys) + max(ys)))]


def countries(folder: Path, scale: str) -> Iterator[tuple[str, list[list[Ring]]]]:
    topology = json.loads((folder / f"countries-{scale}.json").read_text("utf-8"))
    arcs = arcs_of(topology)
    codes = lists.codes()["isonum"]
    for geometry in topology["objects"]["countries"]["geometries"]:
        name, number = geometry["properties"]["name"], str(geometry.get("id", "")).lstrip("0")
        bearers = codes.get(number, [])
        state = NAMED.get(name) or (bearers[-1].state if bearers else "")
        if name != "Antarctica" and geometry.get("arcs"):
            yield state, polygons(geometry, arcs)


def packed(ring: Ring) -> list[int]:
    flat: list[int] = []
    for x, y in ring:
        point = [round(10 * x), round(10 * y)]
        if flat[-2:] != point:
            flat += point
    return flat


def main(package: str, target: str = "src/multivector/data") -> None:
    folder = Path(package)
    shapes: dict[str, list[list[list[int]]]] = {}
    other: list[list[list[int]]] = []
    sizes: dict[str, float] = {}
    for state, parts in countries(folder, "110m"):
        flat = [[packed(ring) for ring in part] for part in parts]
        kept = [[r for r in part if len(r) >= 8] for part in flat]
        kept = [part for part in kept if part]
        (shapes.setdefault(state, []) if state else other).extend(kept)
        sizes[state] = sizes.get(state, 0.0) + sum(area(part[0]) for part in parts)
    points: dict[str, list[int]] = {}
    for scale in ("110m", "50m", "10m"):
        for state, parts in countries(folder, scale):
            large = sizes.get(state, 0.0) > SMALL
            if state and state not in points and not large and (state in shapes or scale != "110m"):
                points[state] = middle(max((part[0] for part in parts), key=area))
    wanted = {*today(), "TWN", "XKX"}
    points = {state: at for state, at in sorted(points.items()) if state in wanted}
    missing = wanted - set(shapes) - set(points)
    if missing:
        raise SystemExit(f"not on the map: {sorted(missing)}")
    whole = {"source": SOURCE, "shapes": dict(sorted(shapes.items())), "other": other}
    text = json.dumps({**whole, "points": points}, separators=(",", ":"))
    (Path(target) / "world_map.json").write_text(text + "\n", "utf-8")
    print(f"{len(shapes)} outlines, {len(points)} points, {len(text):,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
