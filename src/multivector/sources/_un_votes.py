"""UN roll calls as several producers write them: symbols, kinds, repeats, families, seats.

A reader of one producer's file brings its columns into two frames, roll calls and votes, and calls
`finish`, which does what is the same for all: it names re-used numbers apart, brings symbols to one
form, marks the kind of vote, links repeats and families, gives every vote to the state that held
the seat on the day, and reports what it did. Corrections stand in ``un_symbols.tsv``,
``un_seats.tsv`` and ``un_lost.tsv`` with their reasons.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import polars as pl

from multivector.sources import report_frame
from multivector.tables import ROLLCALLS, VOTES

Report = list[tuple[str, int, str]]

ISSUES = ("me", "nu", "di", "hr", "co", "ec")
CHOICES = {"1": "yes", "2": "abstain", "3": "no", "8": "absent"}
JUMP, USUAL, LEAST = 0.4, 0.05, 20


@cache
def _table(name: str) -> pl.DataFrame:
    path = files("multivector.sources") / name
    with path.open("rb") as handle:
        return pl.read_csv(handle, separator="\t", quote_char=None, infer_schema=False)


def finish(
    calls: pl.DataFrame, votes: pl.DataFrame, *, scheme: str | None
) -> dict[str, pl.DataFrame]:
    """Return the tables rollcalls and votes, and the report, from a producer's columns.

    Parameters
    ----------
    calls : DataFrame
        ``number``, ``date`` (ISO, the year alone where there is no day) and what the producer has
        of year, session, unres, para, amend, kind, title, text (a longer one), importantvote, yes,
        abstain, no and issues.
    votes : DataFrame
        ``number``, ``date``, ``code`` (the producer's state) and ``choice``; members only. ``name``
        where some codes are of no scheme.
    scheme : str or None
        The scheme of ``code``, as `states.identify` names it.
    """
    report: Report = [("roll calls read", calls.height, ""), ("votes read", votes.height, "")]
    names = _names(calls, report)
    calls = _dated(calls.join(names, on=["number", "date"]), report)
    years = calls.select("number", "date", "rollcall", "year")
    votes = votes.join(years, on=["number", "date"]).drop("number")
    rollcalls = _rollcalls(calls, report)
    votes = _without_lost(_seated(votes, scheme, report), calls, report)
    _jumps(votes, report)
    report += [("roll calls kept", rollcalls.height, ""), ("votes kept", votes.height, "")]
    return {
        "rollcalls": rollcalls.sort("date", "rollcall"),
        "votes": votes.sort("rollcall", "state"),
        "report": report_frame(report),
    }


def _names(calls: pl.DataFrame, report: Report) -> pl.DataFrame:
    """Return number, date and rollcall, the number alone or, where re-used later, with its date."""
    keys = calls.select("number", "date").sort("number", "date")
    later = pl.col("date") != pl.col("date").first().over("number")
    again = keys.filter(later)
    if again.height:
        note = "the number alone is the earlier roll call, with @date the later"
        shown = ", ".join(f"{n}@{d}" for n, d in again.head(8).iter_rows())
        report.append(("roll-call numbers used twice", again.height, f"{shown}: {note}"))
    return keys.with_columns(
        rollcall=pl.when(later)
        .then(pl.concat_str("number", pl.lit("@"), "date"))
        .otherwise(pl.col("number"))
    )


def _dated(calls: pl.DataFrame, report: Report) -> pl.DataFrame:
    """Return the roll calls with their year as a number.

    The producer's year stands where it is that of the day or that in which the session opened;
    otherwise, and where there is none, it is the year of the day.
    """
    missing = [name for name in ("year", "session") if name not in calls.columns]
    calls = calls.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
    day = pl.col("date").str.slice(0, 4).cast(pl.Int64)
    printed = pl.col("year").cast(pl.Float64).cast(pl.Int64)
    opened = pl.col("session").cast(pl.Float64).cast(pl.Int64) + 1945
    stands = (printed == day) | (printed == opened)
    calls = calls.with_columns(year=pl.when(stands).then(printed).otherwise(day), printed=printed)
    carried = calls.filter(pl.col("year") != day)
    report.append(("roll calls counted in the year their session opened", carried.height, ""))
    wrong = calls.filter(pl.col("printed") != pl.col("year"))
    report.append(("years that fit neither day nor session, the day's taken", wrong.height, ""))
    return calls


def resolution(symbol: pl.Expr) -> pl.Expr:
    """Return symbols in one form: ``R/65/206`` and ``A/RES/71/187`` become 65/206 and 71/187."""
    fixes = _table("un_symbols.tsv")
    printed = symbol.str.strip_chars()
    fixed = printed.replace_strict(
        fixes["printed"], fixes["resolution"], default=None, return_dtype=pl.String
    )
    plain = printed.str.replace(r"^(?:A/RES|R)/", "").str.replace(r"^$", "\0")
    return pl.coalesce(fixed, pl.when(plain != "\0").then(plain))


def _rollcalls(calls: pl.DataFrame, report: Report) -> pl.DataFrame:
    wanted = ("session", "unres", "para", "amend", "title", "text", "importantvote")
    counts = ("yes", "abstain", "no")
    missing = [name for name in (*wanted, *counts, "issues", "kind") if name not in calls.columns]
    calls = calls.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
    calls = calls.with_columns(resolution=resolution(pl.col("unres")))
    mended = calls.filter(pl.col("unres").is_in(_table("un_symbols.tsv")["printed"].implode()))
    report.append(("symbols corrected", mended.height, "; ".join(sorted(mended["unres"]))))
    calls = calls.with_columns(kind=pl.coalesce("kind", _kind()))
    calls = _linked(calls, report)
    for kind, n in calls["kind"].value_counts().sort("kind").iter_rows():
        report.append((f"roll calls of kind {kind}", n, ""))
    undated = calls.filter(pl.col("date").str.len_chars() < 10)
    report.append(("roll calls without a day", undated.height, "; ".join(undated["number"])))
    bare = calls["resolution"].null_count()
    report.append(("roll calls without a resolution", bare, "no symbol in the file"))
    return ROLLCALLS.conform(
        calls.select(
            "rollcall",
            "date",
            "resolution",
            "family",
            "kind",
            "issues",
            "title",
            "duplicate_of",
            "year",
            session=pl.col("session").cast(pl.Float64).cast(pl.Int64),
            important=pl.col("importantvote").cast(pl.Float64) == 1,
            yes=pl.col("yes").cast(pl.Float64).cast(pl.Int64),
            abstain=pl.col("abstain").cast(pl.Float64).cast(pl.Int64),
            no=pl.col("no").cast(pl.Float64).cast(pl.Int64),
            source=pl.lit(""),
        )
    )


def _kind() -> pl.Expr:
    """Return the kind of vote; unknown where the producer says nothing of the roll call at all."""
    marked = [pl.col(name).cast(pl.Float64) == 1 for name in ("amend", "para")]
    bare = pl.all_horizontal(pl.col("amend", "para", "unres", "title", "text").is_null())
    motion = pl.coalesce("text", "title").str.contains(r"(?i)\bmotion\b")
    return (
        pl.when(marked[0])
        .then(pl.lit("amendment"))
        .when(marked[1])
        .then(pl.lit("paragraph"))
        .when(motion)
        .then(pl.lit("motion"))
        .when(bare)
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("final"))
    )


def _linked(calls: pl.DataFrame, report: Report) -> pl.DataFrame:
    """Return the roll calls with duplicate_of and family.

    A resolution is adopted once. Of several final votes under one symbol the first number counts,
    the others repeat it, whatever their tallies; how many differ much is reported.
    """
    number = pl.col("number").cast(pl.Int64, strict=False)
    adopted = (pl.col("kind") == "final") & pl.col("resolution").str.contains(r"^\d+/\d+|^ES-|^S-")
    first = pl.col("rollcall").sort_by(number).first().over("resolution", "kind")
    calls = calls.with_columns(
        duplicate_of=pl.when(adopted & (pl.col("rollcall") != first)).then(first)
    )
    repeats = calls.filter(pl.col("duplicate_of").is_not_null()).join(
        calls.select("rollcall", *("yes", "abstain", "no")),
        left_on="duplicate_of",
        right_on="rollcall",
        suffix="_first",
    )
    gaps = [
        (pl.col(c).cast(pl.Float64) - pl.col(f"{c}_first").cast(pl.Float64)).abs()
        for c in ("yes", "abstain", "no")
    ]
    far = repeats.filter(pl.max_horizontal(gaps) > 5)
    note = "; ".join(f"{r} ({n})" for n, r in far.select("number", "resolution").iter_rows())
    report.append(("repeats of a resolution's vote", repeats.height, "linked by duplicate_of"))
    report.append(("of these with a tally far off", far.height, f"perhaps another vote: {note}"))
    return _families(calls)


def _families(calls: pl.DataFrame) -> pl.DataFrame:
    """Return the roll calls with family; votes on parts take title and family of their text."""
    whole = pl.when(pl.col("kind") == "final").then(pl.col("title"))
    parent = pl.when(pl.col("resolution").is_not_null()).then(
        whole.drop_nulls().first().over("resolution")
    )
    calls = calls.with_columns(
        title=pl.coalesce("title", parent), parent=pl.coalesce(whole, parent)
    )
    return calls.with_columns(
        family=pl.coalesce(folded(pl.col("parent")), folded(pl.col("title")), "resolution")
    )


def folded(title: pl.Expr) -> pl.Expr:
    """Return titles reduced to what does not change when a text comes back next year."""
    text = title.str.to_lowercase().str.replace(r"\s*:\s*resolution.*$", "")
    text = text.str.replace_all(r"[^\p{L}]+", " ").str.strip_chars()
    return pl.when(text != "").then(text)


def seat(states: pl.DataFrame) -> pl.DataFrame:
    """Return frame ``state, date`` with the state that held the seat on the day as ``seat``."""
    seat = pl.col("state")
    for rule in _table("un_seats.tsv").iter_rows(named=True):
        inside = pl.col("state") == rule["state"]
        if rule["first"]:
            inside &= pl.col("date") >= rule["first"]
        if rule["last"]:
            inside &= pl.col("date") <= rule["last"]
        seat = pl.when(inside).then(pl.lit(rule["seat"])).otherwise(seat)
    return states.with_columns(seat=seat)


def identified(votes: pl.DataFrame, scheme: str | None) -> pl.DataFrame:
    """Return code and state of all codes in ``code``, one state for every holder of a seat.

    A code is judged by the last year in which it voted, then by the first (producers go on calling
    Serbia Yugoslavia), then, where there are names, by the name.
    """
    from multivector.names import states

    name = pl.col("name").last() if "name" in votes.columns else pl.lit(None, dtype=pl.String)
    year = pl.col("date").str.slice(0, 4).cast(pl.Int64)
    codes = votes.group_by("code").agg(
        name.alias("name"), last=year.max(), first=year.min()
    )  # fmt: skip
    codes = codes.sort("code").with_columns(state=pl.lit(None, dtype=pl.String))
    named = codes["name"].null_count() == 0
    tries = [("code", "last", scheme), ("code", "first", scheme)]
    tries += [("name", "last", None), ("name", "first", None)] if named else []
    for column, when, by in tries:
        found = states.identify_column(codes[column], codes[when], scheme=by, unknown="null")
        codes = codes.with_columns(state=pl.coalesce("state", found))
    rest = codes.filter(pl.col("state").is_null())
    states.identify_column(rest["name" if named else "code"], rest["last"])
    heirs = {state: states.lineage(state) for state in codes["state"].unique()}
    seats = set(_table("un_seats.tsv")["state"])
    heirs = {state: heir for state, heir in heirs.items() if heir in seats}
    return codes.select("code", state=pl.col("state").replace(heirs))


def session(date: pl.Expr) -> pl.Expr:
    """Return the regular session of a day: the one that opened last, in September of a year."""
    year = date.str.slice(0, 4).cast(pl.Int64)
    return year - 1945 - (date.str.slice(5, 2) < "09").cast(pl.Int64)


def _seated(votes: pl.DataFrame, scheme: str | None, report: Report) -> pl.DataFrame:
    """Return the votes with the state of the day, one a roll call and state."""
    known = identified(votes, scheme)
    days = votes.select("code", "date").unique().join(known, on="code")
    days = seat(days)
    moved = days.filter(pl.col("seat") != pl.col("state"))
    for old, new in moved.select("state", "seat").unique().sort("state", "seat").iter_rows():
        report.append((f"roll calls of {old} given to {new}", moved.filter(
            (pl.col("state") == old) & (pl.col("seat") == new)
        )["date"].n_unique(), "days; who held the seat, see un_seats.tsv"))  # fmt: skip
    votes = votes.join(days.select("code", "date", state="seat"), on=["code", "date"])
    size = votes.height
    order = votes["choice"].replace_strict(
        {"yes": 0, "abstain": 0, "no": 0, "absent": 1}, return_dtype=pl.Int8
    )
    key = pl.struct("rollcall", "state")
    if votes.select(key.n_unique()).item() < size:
        votes = votes.with_columns(order=order).sort("rollcall", "state", "order")
        votes = votes.unique(["rollcall", "state"], keep="first", maintain_order=True)
    merged = size - votes.height
    report.append(("second votes of one seat left out", merged, "a vote cast goes before absence"))
    absent = (votes["choice"] == "absent").sum()
    report.append(("absences", int(absent), "" if absent else "the file leaves absences out"))
    return VOTES.conform(
        votes.select(
            "rollcall",
            "state",
            "choice",
            "year",
            source=pl.lit(""),
        )
    )


def lost_votes() -> pl.DataFrame:
    """Return the votes a producer lost: state, first and last day, where that is told, and how."""
    return _table("un_lost.tsv")


def _without_lost(votes: pl.DataFrame, calls: pl.DataFrame, report: Report) -> pl.DataFrame:
    """Leave out absences that the producer's coding made, where the state has no vote in that time.

    A state whose votes were lost was neither present nor absent: nothing is known of it.
    """
    days = votes.join(calls.select("rollcall", "date"), on="rollcall", maintain_order="left")[
        "date"
    ]
    for state, first, last, _, why in lost_votes().iter_rows():
        concerned = (votes["state"] == state) & days.is_between(first, last)
        lost = concerned & (votes["choice"] == "absent")
        if lost.any() and lost.sum() == concerned.sum():
            report.append(
                (f"votes of {state} lost by the producer, left out", int(lost.sum()), why)
            )
            votes, days = votes.filter(~lost), days.filter(~lost)
    return votes


def _jumps(votes: pl.DataFrame, report: Report) -> None:
    """Report states that suddenly vanish from roll calls: a broken code looks like absence.

    The expected number of roll calls of a state in a year is that of the year, so that files
    without absences are covered too.
    """
    took = votes.filter(pl.col("choice") != "absent").group_by("state", "year").len("took")
    calls = votes.group_by("year").agg(calls=pl.col("rollcall").n_unique())
    spans = votes.group_by("state").agg(first=pl.col("year").min(), last=pl.col("year").max())
    grid = spans.join(calls, how="cross").filter(
        pl.col("year").is_between(pl.col("first"), pl.col("last"))
    )
    rate = grid.join(took, on=["state", "year"], how="left").with_columns(
        absence=1 - pl.col("took").fill_null(0) / pl.col("calls")
    )
    usual = (
        pl.col("absence").shift(1).rolling_median(5, min_samples=3).over("state", order_by="year")
    )
    jumps = rate.with_columns(usual=usual).filter(
        (pl.col("absence") - pl.col("usual") > JUMP)
        & (pl.col("usual") < USUAL)
        & (pl.col("calls") >= LEAST)
        & (pl.col("year") > pl.col("first") + 3)
    )
    for row in jumps.sort("year", "state").iter_rows(named=True):
        note = (
            f"missing from {row['absence']:.0%} of {row['calls']} roll calls, usually "
            f"{row['usual']:.0%}: check the producer's coding before reading it as policy"
        )
        missing = round(row["absence"] * row["calls"])
        report.append((f"absence of {row['state']} in {row['year']} jumps", missing, note))
