"""Network: nodes joined by weighted links, laid out the same way each time."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING, Any

from multivector.charts.canvas import Canvas, Margin
from multivector.charts.look import LABEL, TICK, Theme, fit, text_width

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["network"]

Data = dict[str, Any]
Box = tuple[float, float, float, float]
_STEPS = 400


def network(data: Data, width: float, theme: Theme, order: dict[str, int]) -> Canvas:
    """Return nodes by size and links by weight; names that have no room are left out."""
    nodes = sorted(data["nodes"], key=lambda node: str(node["key"]))
    height = min(max(0.66 * width, 300.0), 620.0)
    canvas = Canvas(width - 16, height, Margin(8, 8, 8, 8), theme)
    if not nodes:
        return canvas
    at = {str(node["key"]): place for place, node in enumerate(nodes)}
    links = [link for link in data["links"] if link["a"] in at and link["b"] in at]
    spots = _layout(nodes, [(at[k["a"]], at[k["b"]], float(k["weight"])) for k in links])
    placed = _scaled(spots, width - 16, height)
    heaviest = max((float(link["weight"]) for link in links), default=1.0) or 1.0
    drawn = [
        {
            **dict(zip(("x", "y"), placed[at[link["a"]]], strict=True)),
            **dict(zip(("x2", "y2"), placed[at[link["b"]]], strict=True)),
            "share": float(link["weight"]) / heaviest,
        }
        for link in links
    ]
    for low, high, wide in ((0.0, 0.34, 0.7), (0.34, 0.67, 1.7), (0.67, 1.01, 3.2)):
        own = [row for row in drawn if low <= row["share"] < high]
        style = {"stroke": theme.soft, "strokeWidth": wide, "opacity": 0.25 + 0.3 * low}
        canvas.add("rule", own, style, x="x", y="y", x2="x2", y2="y2")
    _nodes(canvas, nodes, placed, order)
    return canvas


def _layout(nodes: list[Data], links: list[tuple[int, int, float]]) -> NDArray[np.float64]:
    """Return places by springs and repulsion (Fruchterman and Reingold), from a fixed ring."""
    import numpy as np

    number = len(nodes)
    spots = np.array([(cos(2 * pi * k / number), sin(2 * pi * k / number)) for k in range(number)])
    pull = np.zeros((number, number))
    heaviest = max((weight for _, _, weight in links), default=1.0) or 1.0
    for a, b, weight in links:
        pull[a, b] = pull[b, a] = 0.15 + 0.85 * weight / heaviest
    inward = (0.35 + 1.6 / (1 + pull.sum(axis=1)))[:, None]
    ideal = 1.6 / max(number, 1) ** 0.5
    for step in range(_STEPS):
        apart = spots[:, None, :] - spots[None, :, :]
        far = np.maximum(np.sqrt((apart**2).sum(axis=2)), 1e-3)
        force = (ideal**2 / far**2 - pull * far / ideal)[:, :, None] * apart
        move = force.sum(axis=1) - inward * spots
        size = np.maximum(np.sqrt((move**2).sum(axis=1, keepdims=True)), 1e-9)
        spots = spots + move / size * np.minimum(size, 0.12 * (1 - step / _STEPS) + 1e-3)
    return spots


def _scaled(spots: NDArray[np.float64], width: float, height: float) -> list[tuple[float, float]]:
    """Return the places in pixels, turned to lie across, with room for names at the edges."""
    import numpy as np

    centred = spots - spots.mean(axis=0)
    if len(centred) > 2:
        _, _, axes = np.linalg.svd(centred, full_matrices=False)
        signs = np.where(axes[np.arange(2), np.abs(axes).argmax(axis=1)] < 0, -1.0, 1.0)
        centred = centred @ (axes * signs[:, None]).T
    reach = np.maximum(np.abs(centred).max(axis=0), 1e-9)
    room = np.array([width / 2 - min(60.0, 0.16 * width), height / 2 - 22])
    found = np.array([width / 2, height / 2]) + centred / reach * room
    return [(round(float(x), 2), round(float(y), 2)) for x, y in found]


def _nodes(
    canvas: Canvas, nodes: list[Data], placed: list[tuple[float, float]], order: dict[str, int]
) -> None:
    theme = canvas.theme
    largest = max((float(node.get("size") or 1.0) for node in nodes), default=1.0)
    rows = []
    for node, (x, y) in zip(nodes, placed, strict=True):
        share = float(node.get("size") or 1.0) / largest
        known = order.get(str(node["key"]))
        colour = theme.ink if node.get("own") else theme.accent
        colour = theme.colours[known % 8] if known is not None else colour
        rows.append(
            {
                "x": x,
                "y": y,
                "size": (40 + 260 * share) * min(canvas.width / 700, 1.0),
                "color": colour,
            }
        )
    style = {"filled": True, "opacity": 1, "stroke": theme.paper, "strokeWidth": 1.5}
    canvas.add("point", rows, style, x="x", y="y", size="size", color="color")
    _labels(canvas, nodes, rows)


def _labels(canvas: Canvas, nodes: list[Data], rows: list[Data]) -> None:
    """Write names, the largest nodes first, where they touch neither a node nor a name."""
    boxes = [_around(row) for row in rows]
    ranked = sorted(
        range(len(nodes)),
        key=lambda k: (not nodes[k].get("own"), -rows[k]["size"], str(nodes[k]["key"])),
    )
    texts: dict[bool, list[Data]] = {True: [], False: []}
    for k in ranked:
        own = bool(nodes[k].get("own"))
        for text in (fit([str(nodes[k]["label"])], 150.0, TICK), str(nodes[k]["key"])):
            spot = _spot(canvas, rows[k], text, boxes, own=own)
            if spot is not None:
                boxes.append(spot)
                middle = {"x": (spot[0] + spot[2]) / 2, "y": (spot[1] + spot[3]) / 2}
                texts[own].append({**middle, "text": text})
                break
    for own, found in texts.items():
        size = LABEL if own else TICK
        canvas.write(found, align="center", size=size, colour=canvas.theme.ink, bold=own, halo=True)


def _around(row: Data) -> Box:
    radius = (row["size"] / pi) ** 0.5 + 1
    return row["x"] - radius, row["y"] - radius, row["x"] + radius, row["y"] + radius


def _spot(canvas: Canvas, row: Data, text: str, boxes: list[Box], *, own: bool) -> Box | None:
    wide, tall = text_width(text, LABEL if own else TICK, bold=own) / 2, 7.0
    radius = (row["size"] / pi) ** 0.5 + 3
    for dx, dy in ((0, -1), (0, 1), (1, 0), (-1, 0)):
        x = row["x"] + dx * (radius + wide)
        y = row["y"] + dy * (radius + tall)
        box = (x - wide, y - tall, x + wide, y + tall)
        inside = box[0] >= -6 and box[2] <= canvas.width + 6 and box[1] >= -6
        free = all(
            box[2] <= o[0] or o[2] <= box[0] or box[3] <= o[1] or o[3] <= box[1] for o in boxes
        )
        if inside and box[3] <= canvas.height + 6 and free:
            return box
    return None
