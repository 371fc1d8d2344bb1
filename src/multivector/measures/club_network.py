r"""States as brokers between clubs, and what would be left of a tie without one organisation.

States and organisations form a network of two kinds of nodes. Its projection joins two states by
the number of organisations in which both sit (with levels, by the lower of the two seats, added
up): :math:`w_{ij} = \sum_o \min(w_{io}, w_{jo})`. Universal organisations join everybody to
everybody; leave them out with ``without`` to see the regional clubs.
"""

from __future__ import annotations

from typing import Literal, Unpack

import numpy as np
import numpy.typing as npt
import polars as pl

from multivector.errors import BadValue
from multivector.measures._options import given, require, with_options
from multivector.measures.clubs import SeatOptions, latest_year, members_in, seats
from multivector.names.organisations import bodies
from multivector.tables import DYAD_YEARS, STATE_YEARS, DyadYears, Memberships, StateYears

__all__ = ["brokerage", "reliance"]

Matrix = npt.NDArray[np.float64]


@with_options
def brokerage(
    memberships: Memberships,
    *,
    measure: Literal["betweenness", "constraint"] = "betweenness",
    without: tuple[str, ...] = (),
    **which: Unpack[SeatOptions],
) -> StateYears:
    r"""How far a state stands between others in the network of shared organisations.

    .. math::
        B_i = \frac{2}{(N-1)(N-2)} \sum_{s < t} \frac{\sigma_{st}(i)}{\sigma_{st}}, \qquad
        C_i = \sum_{j} \Bigl(p_{ij} + \sum_q p_{iq} p_{qj}\Bigr)^2, \quad
        p_{ij} = \frac{w_{ij}}{\sum_k w_{ik}}

    Betweenness counts the shortest paths through the state, the length of a tie being
    :math:`1/w_{ij}`; Burt's constraint is high where a state's contacts are few or know one
    another, so that a low constraint is the sign of a broker.

    Parameters
    ----------
    measure : {"betweenness", "constraint"}
        Which of the two.
    without : tuple of str
        Organisations left out, such as the United Nations.

    Returns
    -------
    StateYears
        ``value`` in [0, 1] for betweenness, null with fewer than three states; > 0 for constraint
        (1 with a single contact, up to 9/8 with two that know one another), null without contacts.
        ``n`` is the number of other states with which it shares an organisation.

    References
    ----------
    Freeman, L. C. (1977). A set of measures of centrality based on betweenness. Sociometry 40(1).
    Burt, R. S. (1992). Structural Holes.

    Examples
    --------
    >>> spells = pl.DataFrame({"organisation": ["CIS", "CIS", "NATO", "NATO"],
    ...     "state": ["KAZ", "RUS", "TUR", "KAZ"], "status": ["member"] * 4, "start": ["1995"] * 4,
    ...     "end": [None] * 4, "source": ["x@1"] * 4, "locator": ["p. 1"] * 4})
    >>> brokerage(spells)["value"].to_list()
    [1.0, 0.0, 0.0]
    """
    o = given(SeatOptions, which)
    years, weights = o["years"], o["weights"]
    require("measure", measure, ("betweenness", "constraint"))
    kept = memberships.filter(~pl.col("organisation").is_in(without))
    parts = []
    for year in _years(kept, years):
        states, ties = projection(seats(bodies(kept), year, weights=weights))
        value = _betweenness(ties) if measure == "betweenness" else _constraint(ties)
        part = {
            "state": pl.Series(states, dtype=pl.String),
            "year": pl.Series([year] * len(states), dtype=pl.Int64),
            "value": pl.Series(value, dtype=pl.Float64),
            "n": pl.Series((ties > 0).sum(axis=1), dtype=pl.Int64),
        }
        parts.append(pl.DataFrame(part))
    if not parts:
        return STATE_YEARS.empty()
    frame = pl.concat(parts).with_columns(pl.col("value").fill_nan(None))
    return STATE_YEARS.conform(frame.sort("state", "year"))


def reliance(
    memberships: Memberships,
    *,
    organisation: str,
    years: tuple[int, int] | None = None,
    measure: Literal["share", "resistance"] = "share",
    without: tuple[str, ...] = (),
) -> DyadYears:
    r"""How much the tie of two members rests on one organisation: the removal test.

    .. math::
        r_{ij} = 1 / w_{ij}, \qquad
        \Delta R_{ij} = R_{ij}^{(-o)} - R_{ij}, \quad
        R_{ij} = L^+_{ii} + L^+_{jj} - 2 L^+_{ij}

    The share is 1 where the two meet nowhere else. Effective resistance sees detours through third
    states as well: L is the Laplacian of the projection, and the difference says how much farther
    apart the two are without the organisation.

    Parameters
    ----------
    memberships : Memberships
        Spells of status; full members are counted.
    organisation : str
        The organisation taken out.
    years : tuple of int, optional
        First and last year, each taken on 31 December; by default the latest year the table
        speaks of.
    measure : {"share", "resistance"}
        The share of shared organisations, or the rise in effective resistance.
    without : tuple of str
        Organisations left out of the count altogether, such as the United Nations.

    Returns
    -------
    DyadYears
        Pairs of members. ``value`` in (0, 1] for "share"; ≥ 0 for "resistance", null where the
        pair would be cut off from each other. ``n`` is the number of organisations they share.

    Raises
    ------
    UnknownOrganisation
        If the memberships do not hold the organisation.
    BadValue
        If an option is not known, or the organisation is among those left out.

    References
    ----------
    Klein, D. J. and Randić, M. (1993). Resistance distance. Journal of Mathematical Chemistry 12.

    Examples
    --------
    >>> spells = pl.DataFrame({"organisation": ["SCO", "SCO", "SCO", "CIS", "CIS"],
    ...     "state": ["CHN", "KAZ", "RUS", "KAZ", "RUS"], "status": ["member"] * 5,
    ...     "start": ["2001-06-15"] * 5, "end": [None] * 5, "source": ["x@1"] * 5,
    ...     "locator": ["p. 1"] * 5})
    >>> reliance(spells, organisation="SCO").select("state_a", "state_b", "value").rows()
    [('CHN', 'KAZ', 1.0), ('CHN', 'RUS', 1.0), ('KAZ', 'RUS', 0.5)]
    """
    require("measure", measure, ("share", "resistance"))
    if organisation in without:
        raise BadValue(
            f"{organisation} is the organisation asked about and among those left out; expected "
            "it in one place; take it off the list"
        )
    kept = memberships.filter(~pl.col("organisation").is_in(without))
    parts = [
        _removed(kept, organisation, year, measure) for year in _years(kept, years, organisation)
    ]
    if not parts:
        return DYAD_YEARS.empty()
    frame = pl.concat(parts).with_columns(pl.col("value").fill_nan(None))
    return DYAD_YEARS.conform(frame.sort("state_a", "state_b", "year"))


def projection(table: pl.DataFrame) -> tuple[list[str], Matrix]:
    """Return states and the matrix of ties between them, from the seats of a day."""
    states = table["state"].unique().sort().to_list()
    place = {state: index for index, state in enumerate(states)}
    ties = np.zeros((len(states), len(states)))
    for rows in table.partition_by("organisation"):
        index = [place[state] for state in rows["state"]]
        seat = rows["seat"].to_numpy()
        ties[np.ix_(index, index)] += np.minimum(seat[:, None], seat[None, :])
    np.fill_diagonal(ties, 0.0)
    return states, ties


def _years(
    memberships: Memberships, years: tuple[int, int] | None, organisation: str | None = None
) -> list[int]:
    last = latest_year(memberships)
    if years is None:
        span = [] if last is None else [last]
    else:
        span = list(range(years[0], years[1] + 1))
    if organisation is not None and last is not None:
        span = [year for year in span if len(members_in(memberships, organisation, year)) > 1]
    return span


def _betweenness(ties: Matrix) -> Matrix:
    """Return betweenness over shortest paths, ties of length 1/w; paths of equal length share."""
    n = len(ties)
    if n < 3:
        return np.full(n, np.nan)
    from scipy.sparse.csgraph import dijkstra

    with np.errstate(divide="ignore"):
        length = np.where(ties > 0, 1 / ties, np.inf)
    distance = dijkstra(np.where(ties > 0, length, 0.0))
    total = np.zeros(n)
    for source in range(n):
        total += _passed(source, distance[source], length)
    return total / ((n - 1) * (n - 2))


def _passed(source: int, distance: Matrix, length: Matrix) -> Matrix:
    """Return the share of the source's shortest paths that pass each node, summed over targets."""
    reach = distance[:, None] + length
    before = np.isclose(reach, distance[None, :], rtol=1e-9, atol=0.0) & np.isfinite(reach)
    order = [v for v in np.argsort(distance, kind="stable") if np.isfinite(distance[v])]
    paths = np.zeros(len(distance))
    paths[source] = 1.0
    for node in order[1:]:
        paths[node] = paths[before[:, node]].sum()
    passed = np.zeros(len(distance))
    for node in reversed(order[1:]):
        earlier = before[:, node]
        passed[earlier] += paths[earlier] / paths[node] * (1 + passed[node])
    passed[source] = 0.0
    return passed


def _constraint(ties: Matrix) -> Matrix:
    strength = ties.sum(axis=1, keepdims=True)
    share = np.divide(ties, strength, out=np.zeros_like(ties), where=strength > 0)
    value = (((share + share @ share) ** 2) * (ties > 0)).sum(axis=1)
    return np.where(strength[:, 0] > 0, value, np.nan)


def _resistance(ties: Matrix) -> Matrix:
    """Return effective resistance between all nodes; NaN between separate parts."""
    from scipy.sparse.csgraph import connected_components

    laplacian = np.diag(ties.sum(axis=1)) - ties
    inverse = np.linalg.pinv(laplacian, hermitian=True)
    own = np.diag(inverse)
    found = own[:, None] + own[None, :] - 2 * inverse
    part = connected_components(ties > 0, directed=False)[1]
    return np.where(part[:, None] == part[None, :], found, np.nan)


def _removed(memberships: Memberships, organisation: str, year: int, measure: str) -> pl.DataFrame:
    whole = bodies(memberships)
    table = seats(whole if organisation in whole["organisation"] else memberships, year)
    states, ties = projection(table)
    members = table.filter(pl.col("organisation") == organisation)["state"].sort().to_list()
    index = np.array([states.index(state) for state in members])
    first, second = (index[side] for side in np.triu_indices(len(index), k=1))
    shared = ties[first, second]
    if measure == "share":
        value = 1 / shared
    else:
        left = ties.copy()
        left[np.ix_(index, index)] -= 1.0
        left[index, index] = 0.0
        value = (_resistance(left) - _resistance(ties))[first, second].clip(min=0.0)
    return pl.DataFrame(
        {
            "state_a": pl.Series([states[i] for i in first], dtype=pl.String),
            "state_b": pl.Series([states[i] for i in second], dtype=pl.String),
            "year": pl.Series([year] * len(first), dtype=pl.Int64),
            "value": value,
            "n": shared.round().astype(np.int64),
        }
    )
