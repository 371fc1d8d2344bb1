"""Network: nodes joined by weighted links, laid out the same way each time."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any

from multivector.charts.canvas import fit, written
from multivector.charts.lines import Box, overlap
from multivector.charts.paint import LABEL, TICK, Paper, Point, Theme, text_width

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["network"]

Data = dict[str, Any]
_STEPS = 400


def network(data: Data, width: float, theme: Theme, order: dict[str, int]) -> Paper:
    """Return nodes by size and links by weight; names that have no room are left out."""
    nodes = sorted(data["nodes"], key=lambda node: str(node["key"]))
    paper = Paper(theme, width, min(max(0.66 * width, 300.0), 620.0) + 16)
    if not nodes:
        return paper
    at = {str(node["key"]): place for place, node in enumerate(nodes)}
    links = [link for link in data["links"] if link["a"] in at and link["b"] in at]
    spots = _layout(len(nodes), tuple((at[k["a"]], at[k["b"]], float(k["weight"])) for k in links))
    placed = _scaled(spots, width, paper.height)
    heaviest = max((float(link["weight"]) for link in links), default=1.0) or 1.0
    for link in sorted(links, key=lambda link: float(link["weight"])):
        a, b = (nodes[at[link[end]]]["label"] for end in ("a", "b"))
        (x1, y1), (x2, y2) = placed[at[link["a"]]], placed[at[link["b"]]]
        share = float(link["weight"]) / heaviest
        label = f"{a} – {b}"
        kept = {"a": str(link["a"]), "b": str(link["b"]), "value": float(link["weight"])}
        paper.add(
            "line", Point(label, f"{label}: {written(link['weight'], 'number')}", kept),
            x1=x1, y1=y1, x2=x2, y2=y2, stroke=theme.soft,
            stroke_width=0.6 + 2.8 * share, stroke_opacity=0.25 + 0.25 * share,
        )  # fmt: skip
    _nodes(paper, nodes, placed, order)
    return paper


@lru_cache(maxsize=16)
def _layout(number: int, links: tuple[tuple[int, int, float], ...]) -> NDArray[np.float64]:
    """Return places by springs and repulsion (Fruchterman and Reingold), from a fixed ring."""
    import numpy as np

    spots = np.array([(cos(2 * pi * k / number), sin(2 * pi * k / number)) for k in range(number)])
    pull = np.zeros((number, number))
    heaviest = max((weight for _, _, weight in links), default=1.0) or 1.0
    for a, b, weight in links:
        pull[a, b] = pull[b, a] = 0.15 + 0.85 * weight / heaviest
    inward = (0.35 + 1.6 / (1 + pull.sum(axis=1)))[:, None]
    ideal = 1.6 / max(number, 1) ** 0.5
    for step in range(_STEPS):
        away = spots[:, None, :] - spots[None, :, :]
        far = np.maximum(np.sqrt((away**2).sum(axis=2)), 1e-3)
        force = (ideal**2 / far**2 - pull * far / ideal)[:, :, None] * away
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
    room = np.array([width / 2 - 8 - min(60.0, 0.16 * width), height / 2 - 30])
    found = np.array([width / 2, height / 2]) + centred / reach * room
    return [(round(float(x), 2), round(float(y), 2)) for x, y in found]


def _nodes(
    paper: Paper, nodes: list[Data], placed: list[tuple[float, float]], order: dict[str, int]
) -> None:
    theme = paper.theme
    largest = max((float(node.get("size") or 1.0) for node in nodes), default=1.0)
    circles = []
    for node, (x, y) in zip(nodes, placed, strict=True):
        size = float(node.get("size") or 1.0)
        known = order.get(str(node["key"]))
        colour = theme.ink if node.get("own") else theme.accent
        colour = theme.colours[known % 8] if known is not None else colour
        radius = ((40 + 260 * size / largest) * min(paper.width / 700, 1.0) / pi) ** 0.5
        label = str(node["label"])
        text = f"{label}: {written(size, 'number')}" if node.get("size") else label
        point = Point(label, text, {"key": str(node["key"]), "size": node.get("size")})
        style: Data = {"fill": colour, "stroke": theme.paper, "stroke_width": 1.5}
        paper.add("circle", point, cx=x, cy=y, r=radius, **style)
        circles.append((x, y, radius))
    _labels(paper, nodes, circles)


def _labels(paper: Paper, nodes: list[Data], circles: list[tuple[float, float, float]]) -> None:
    """Write names, the largest nodes first, where they touch neither a node nor a name."""
    boxes: list[Box] = [(x - r - 1, y - r - 1, x + r + 1, y + r + 1) for x, y, r in circles]
    ranked = sorted(
        range(len(nodes)),
        key=lambda k: (not nodes[k].get("own"), -circles[k][2], str(nodes[k]["key"])),
    )
    for k in ranked:
        own = bool(nodes[k].get("own"))
        size = LABEL if own else TICK
        label = str(nodes[k]["label"])
        for text in (fit([label], 150.0, size, bold=own), str(nodes[k]["key"])):
            spot = _spot(paper, circles[k], text_width(text, size, bold=own), boxes)
            if spot is not None:
                boxes.append(spot)
                middle = ((spot[0] + spot[2]) / 2, (spot[1] + spot[3]) / 2)
                style: Data = {"align": "middle", "size": size, "bold": own, "halo": True}
                paper.text(*middle, text, fill=paper.theme.ink, whole=label, **style)
                break


def _spot(
    paper: Paper, circle: tuple[float, float, float], width: float, boxes: list[Box]
) -> Box | None:
    """Return a free box above, below or beside a node, if there is one."""
    (x, y, radius), wide, tall = circle, width / 2, 7.0
    radius += 2
    for dx, dy in ((0, -1), (0, 1), (1, 0), (-1, 0)):
        a, b = x + dx * (radius + wide), y + dy * (radius + tall)
        box = (a - wide, b - tall, a + wide, b + tall)
        inside = box[0] >= 2 and box[2] <= paper.width - 2 and box[1] >= 2
        free = not any(overlap(box, other) for other in boxes)
        if inside and box[3] <= paper.height - 2 and free:
            return box
    return None
