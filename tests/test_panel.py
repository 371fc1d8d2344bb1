"""Panels: rows are the lists' own, values the measures' own, and files carry their words."""

from __future__ import annotations

import csv
import gzip
import json
from itertools import combinations
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import multivector as mv
from multivector import cli, measures
from multivector.errors import BadValue, MultivectorError, UnknownName
from multivector.study import panel as panels
from multivector.study import state_years, world

CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
LISTS = "data/04_states_and_codes"
SPANS = st.tuples(st.integers(1816, 2024), st.integers(0, 2)).map(lambda p: (p[0], p[0] + p[1]))
RULES = st.fixed_dictionaries(
    {"members": st.sampled_from(["cow", "gw", "un"]), "on": st.sampled_from(["any", "last"])}
)


def spells(shared: Path, by: str) -> list[tuple[int, str, str]]:
    """Return number, first and last day from the producers' files; an open end is a late day."""
    folder = shared / LISTS
    if by == "cow":
        with (folder / "states2016.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        days = [
            tuple(f"{int(r[y]):04d}-{int(r[m]):02d}-{int(r[d]):02d}" for y, m, d in PARTS)
            for r in rows
        ]
        found = [(int(r["ccode"]), *ends) for r, ends in zip(rows, days, strict=True)]
    else:
        with gzip.open(folder / "isard_gw_system.csv.gz", "rt", encoding="utf-8") as file:
            found = [(int(r["gwcode"]), r["start"], r["end"]) for r in csv.DictReader(file)]
    newest = max(end for _, _, end in found)
    return [(n, start, "9999-12-31" if end == newest else end) for n, start, end in found]


PARTS = (("styear", "stmonth", "stday"), ("endyear", "endmonth", "endday"))


def of_year(listed: list[tuple[int, str, str]], year: int, on: str) -> list[int]:
    first, last = (f"{year}-01-01" if on == "any" else f"{year}-12-31"), f"{year}-12-31"
    return sorted({n for n, start, end in listed if start <= last and end >= first})


@pytest.mark.shared
@pytest.mark.parametrize("on", ["any", "last"])
@pytest.mark.parametrize("by", ["cow", "gw"])
def test_state_years_are_those_of_the_producers_list(shared: Path, by: str, on: str) -> None:
    listed = spells(shared, by)
    found = state_years.state_years((1816, 2024), by, on)
    numbers: dict[int, list[int]] = {year: [] for year in range(1816, 2025)}
    for year, number in found.select("year", by).iter_rows():
        numbers[year].append(number)
    for year, got in numbers.items():
        want = of_year(listed, year, on)
        if (by, on, year) == ("cow", "any", 1990):
            # Germany (260, then 255) and Yemen (678, then 679) change their numbers and stay one.
            want = [n for n in want if n not in (260, 678)]
        assert sorted(got) == want, year


@pytest.mark.shared
@pytest.mark.parametrize("by", ["cow", "gw"])
def test_dyad_years_are_the_pairs_of_the_producers_list(shared: Path, by: str) -> None:
    listed = spells(shared, by)
    want = {
        (a, b, year)
        for year in range(1992, 2015)
        for a, b in combinations(of_year(listed, year, "any"), 2)
    }
    frame = mv.panel("dyads", years=(1992, 2014), members=by).frame
    got = frame.select(
        low=pl.min_horizontal(f"{by}_a", f"{by}_b"),
        high=pl.max_horizontal(f"{by}_a", f"{by}_b"),
        year="year",
    )
    assert set(got.rows()) == want
    assert frame.height == len(want)


@pytest.mark.shared
def test_the_21605_dyad_years_of_central_asia(shared: Path) -> None:
    """Undirected pairs with at least one of the five, among COW members on any day, 1992–2014."""
    listed, five = spells(shared, "cow"), range(701, 706)
    years = [(year, of_year(listed, year, "any")) for year in range(1992, 2015)]
    undirected = sum(a in five or b in five for _, m in years for a, b in combinations(m, 2))
    first = sum(a in five for _, m in years for a in m for b in m if a != b)
    assert (undirected, first) == (21605, 21835)
    among = pl.col("state_a", "state_b").is_in(CENTRAL_ASIA)
    frame = mv.panel("dyads", years=(1992, 2014)).frame
    assert frame.filter(pl.any_horizontal(among)).height == 21605
    both = mv.panel("dyads", years=(1992, 2014), directed=True).frame
    assert both.filter(pl.col("state_a").is_in(CENTRAL_ASIA)).height == 21835


@pytest.mark.shared
def test_major_powers_are_those_of_the_producers_list(shared: Path) -> None:
    with (shared / LISTS / "majors2016.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    want = [
        (int(r["ccode"]), year)
        for r in rows
        for year in range(int(r["styear"]), int(r["endyear"]) + 1)
    ]
    assert state_years.major_powers((1816, 2016)).rows() == sorted(set(want))
    assert {2, 200, 220, 255, 365, 710, 740} == set(state_years.major_powers((2024, 2024))["cow"])


def test_members_of_the_united_nations_are_as_many_as_it_says() -> None:
    expected = {1946: 55, 1960: 99, 1991: 166, 1992: 179, 2003: 191, 2006: 192, 2024: 193}
    found = state_years.state_years((1946, 2024), "un")
    counted = dict(found.group_by("year").len().rows())
    assert {year: counted[year] for year in expected} == expected
    assert not {"VAT", "PSE"} & set(found["state"])


def test_a_number_stands_once_in_a_year() -> None:
    def of(year: int, on: str) -> list[str]:
        found = mv.panel("states", years=year, on=on).frame
        return found.filter(pl.col("cow").is_in([365, 345, 255, 260]))["state"].to_list()

    assert of(1991, "any") == ["DEU", "SUN", "YUG"]
    assert of(1991, "last") == ["DEU", "RUS", "YUG"]
    assert of(2003, "any") == ["DEU", "RUS", "SCG"]
    assert of(2006, "any") == ["DEU", "RUS", "SRB"]
    gw = mv.panel("states", years=2006, members="gw").frame
    serbia = gw.filter(pl.col("state").is_in(["SCG", "SRB"])).select("state", "cow", "gw")
    assert serbia.rows() == [("SCG", None, 345), ("SRB", 345, 340)]


@settings(max_examples=40, deadline=None)
@given(years=SPANS, rules=RULES)
def test_dyads_are_the_pairs_of_the_states(years: tuple[int, int], rules: dict[str, str]) -> None:
    states = mv.panel("states", years=years, **rules).frame
    once = mv.panel("dyads", years=years, **rules).frame
    twice = mv.panel("dyads", years=years, directed=True, **rules).frame
    sizes = states.group_by("year").len()["len"]
    assert once.height == int((sizes * (sizes - 1) // 2).sum())
    assert twice.height == 2 * once.height
    assert (once["state_a"] < once["state_b"]).all()
    assert not (twice["state_a"] == twice["state_b"]).any()
    key = ["state_a", "state_b", "year"]
    assert once.select(key).is_unique().all()
    turned = once.select(state_a="state_b", state_b="state_a", year="year")
    assert twice.select(key).sort(key).equals(pl.concat([once.select(key), turned]).sort(key))
    facts = {row[:2]: row[2:] for row in states.iter_rows()}
    for row in twice.sample(min(20, twice.height), seed=1).iter_rows(named=True):
        for side in "ab":
            expected = tuple(row[f"{name}_{side}"] for name in ("cow", "gw", "name"))
            assert facts[row[f"state_{side}"], row["year"]] == expected


def test_relevant_dyads_are_neighbours_and_pairs_with_a_major_power() -> None:
    borders = world.table("borders")
    near = {frozenset(pair) for pair in borders.select("state", "partner").iter_rows()}
    majors = {number for (number,) in state_years.major_powers((2010, 2010)).select("cow").rows()}
    every = mv.panel("dyads", years=2010, directed=True).frame
    want = [
        (r["state_a"], r["state_b"])
        for r in every.iter_rows(named=True)
        if {r["state_a"], r["state_b"]} in near or majors & {r["cow_a"], r["cow_b"]}
    ]
    asked = mv.panel("dyads", years=2010, directed=True, relevant=True)
    assert asked.frame.select("state_a", "state_b").rows() == want
    assert 0 < len(want) < every.height / 5
    assert any("across water" in note for note in asked.notes)
    assert {"borders", "major_powers"} <= set(asked.run.sources)
    assert "major powers" in asked.cite()


def test_contiguity_is_a_border_on_land_and_unknown_is_null() -> None:
    found = mv.panel("dyads", years=(1991, 1992)).with_("contiguity").frame
    kaz = found.filter((pl.col("year") == 1992) & pl.any_horizontal(pl.col("^state_.$") == "KAZ"))
    near = kaz.filter(pl.col("contiguity") == 1)
    assert set(near["state_a"]) | set(near["state_b"]) == {
        *("KAZ", "CHN", "KGZ", "RUS", "TKM", "UZB")
    }
    far = kaz.filter(pl.col("state_b") == "TUR").select("contiguity", "contiguity_n")
    assert far.rows() == [(0.0, 2)]
    soviet = found.filter(pl.any_horizontal(pl.col("^state_.$") == "SUN"))
    assert soviet.height > 100
    assert soviet["contiguity"].null_count() == soviet["contiguity_n"].null_count() == soviet.height


def test_major_powers_stand_on_both_sides() -> None:
    found = mv.panel("dyads", years=1991).with_("major_power").frame
    row = found.filter((pl.col("state_a") == "DEU") & (pl.col("state_b") == "KWT"))
    assert row.select("major_power_a", "major_power_b").rows() == [(1.0, 0.0)]
    states = mv.panel("states", years=1991).with_("major_power").frame
    major = states.filter(pl.col("major_power") == 1)["state"].to_list()
    assert major == ["CHN", "DEU", "FRA", "GBR", "JPN", "SUN", "USA"]


# --- joins


def rows_of(result: mv.Result, *keys: str) -> dict[tuple[object, ...], tuple[object, object]]:
    columns = result.frame.select(*keys, "value", "n")
    return {row[:-2]: row[-2:] for row in columns.iter_rows()}


def test_a_measure_of_pairs_is_joined_as_it_answers(embedded: mv.Workspace) -> None:
    expected = rows_of(
        embedded.compute("s_score", years=(2018, 2019)), "state_a", "state_b", "year"
    )
    for directed in (False, True):
        joined = embedded.panel("dyads", years=(2018, 2019), directed=directed).with_("s_score")
        for row in joined.frame.iter_rows(named=True):
            key = (*sorted((row["state_a"], row["state_b"])), row["year"])
            assert (row["s_score"], row["s_score_n"]) == expected.get(key, (None, None))
        assert 0 < joined.frame["s_score"].null_count() < joined.frame.height


def test_a_measure_with_a_direction_stands_both_ways(embedded: mv.Workspace) -> None:
    expected = rows_of(
        embedded.compute("dependence", years=2019, flow="exports"), "state", "partner", "year"
    )
    once = embedded.panel("dyads", years=2019).with_("dependence", flow="exports").frame
    for row in once.iter_rows(named=True):
        for side, key in (("ab", ("state_a", "state_b")), ("ba", ("state_b", "state_a"))):
            want = expected.get((*(row[name] for name in key), 2019), (None, None))
            assert (row[f"dependence_{side}"], row[f"dependence_{side}_n"]) == want
    both = embedded.panel("dyads", years=2019, directed=True).with_("dependence", flow="exports")
    assert "dependence_ab" not in both.frame.columns
    for row in both.frame.iter_rows(named=True):
        want = expected.get((row["state_a"], row["state_b"], 2019), (None, None))
        assert (row["dependence"], row["dependence_n"]) == want
    assert once["dependence_ab"].equals(
        once.join(both.frame, on=["state_a", "state_b", "year"], maintain_order="left")[
            "dependence"
        ],
        check_names=False,
    )


def test_a_measure_of_states_stands_once_a_side(embedded: mv.Workspace) -> None:
    expected = rows_of(embedded.compute("concentration", years=2019), "state", "year")
    states = embedded.panel("states", years=2019).with_("concentration").frame
    for row in states.iter_rows(named=True):
        want = expected.get((row["state"], 2019), (None, None))
        assert (row["concentration"], row["concentration_n"]) == want
    dyads = embedded.panel("dyads", years=2019).with_("concentration").frame
    for row in dyads.iter_rows(named=True):
        for side in "ab":
            want = expected.get((row[f"state_{side}"], 2019), (None, None))
            assert (row[f"concentration_{side}"], row[f"concentration_{side}_n"]) == want


def fitting(unit: str) -> list[str]:
    return [
        name
        for name, measure in measures.catalogue().items()
        if panels._kind(measure) in (("state",) if unit == "states" else panels._KINDS.values())
        and not any(option.required for option in measure.options.values())
    ]


@pytest.mark.parametrize("unit", ["dyads", "states"])
def test_every_measure_of_the_catalogue_that_fits_is_joined(
    unit: str, embedded: mv.Workspace
) -> None:
    whole = embedded.panel(unit, years=2019)
    names = fitting(unit)
    assert {"dyads": "s_score", "states": "brokerage"}[unit] in names
    made = whole
    for name in names:
        grouped = {"group_share": "EAEU", "hub_share": "EAEU", "member_shares": "EAEU"}
        options = {"organisation": grouped[name]} if name in grouped else {}
        made = made.with_(name, **options)
    assert made.frame.select(whole.frame.columns).equals(whole.frame)
    values = [c for c in made.columns if c.kind == "number"]
    assert len(values) >= len(names)
    for column in values:
        value, n = made.frame[column.name], made.frame[f"{column.name}_n"]
        assert n.null_count() <= value.null_count(), column.name
    assert set(made.labels) == set(made.frame.columns)


def test_a_measure_may_stand_twice_under_two_names(embedded: mv.Workspace) -> None:
    made = (
        embedded.panel("dyads", years=2019)
        .with_("kappa")
        .with_("kappa", named="kappa_me", issue="me")
    )
    assert made.frame["kappa_n"].sum() > made.frame["kappa_me_n"].sum() > 0
    assert "(issue=me)" in made.labels["kappa_me"]
    with pytest.raises(BadValue, match="already"):
        made.with_("kappa")


def test_a_panel_knows_what_it_rests_on(embedded: mv.Workspace) -> None:
    plain = embedded.panel("dyads", years=(2010, 2019))
    made = plain.with_("s_score", "dependence")
    assert (
        made.run.id
        == embedded.panel("dyads", years="2010:2019").with_("s_score").with_("dependence").run.id
    )
    others = [plain, plain.with_("s_score"), embedded.panel("dyads", years=(2010, 2018))]
    assert len({made.run.id, *(other.run.id for other in others)}) == 4
    assert {"states", "joint_votes", "flows", "indicators"} <= set(made.run.sources)
    assert {"flows", "joint_votes"} <= set(made.coverage["table"])
    for words in ("State System Membership", "World Development Indicators", "Signorino"):
        assert words in made.cite()
    assert any("carried forward unchanged to 2019" in note for note in made.notes)
    assert not plain.answer.references[1:]
    book = made.codebook()
    for name in made.frame.columns:
        assert f"| `{name}` |" in book
    assert made.run.id in book
    assert f"| {made.frame['s_score'].drop_nulls().len():,} |" in book


def test_a_study_of_ones_own_data_is_what_is_joined(tmp_path: Path) -> None:
    study = mv.Workspace(tmp_path)
    rows = pl.DataFrame(
        {"state": ["KAZ", "RUS"], "partner": ["RUS", "KAZ"], "year": [2030 - 8] * 2,
         "value": [3.0, 7.0]}
    )  # fmt: skip
    study.add(rows, table="flows", name="mine", constants={"flow": "exports", "unit": "USD"})
    made = study.panel("dyads", years=2022).with_("trade_values", flow="exports")
    row = made.frame.filter((pl.col("state_a") == "KAZ") & (pl.col("state_b") == "RUS"))
    assert row.select("trade_values_ab", "trade_values_ba").rows() == [(3.0, 7.0)]
    assert made.run.sources["flows"][0].startswith("mine@")


# --- what is refused


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"unit": "countries"}, "dyads or states"),
        ({"members": "ksg"}, "cow, gw, un"),
        ({"on": "first"}, "any, last"),
        ({"years": (2014, 1992)}, "not a span of years"),
        ({"years": "soon"}, "not a year"),
        ({"years": None}, "no years"),
        ({"unit": "states", "directed": True}, "dyads only"),
        ({"unit": "states", "relevant": True}, "dyads only"),
    ],
)
def test_a_panel_that_cannot_be_is_refused(asked: dict[str, object], words: str) -> None:
    with pytest.raises(MultivectorError, match=words) as caught:
        mv.panel(**{"unit": "dyads", "years": 2014, **asked})  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("unit", "names", "options", "kind", "words"),
    [
        ("dyads", ("kapa",), {}, UnknownName, "nearest: kappa"),
        ("dyads", ("contigity",), {}, UnknownName, "nearest: contiguity"),
        ("dyads", ("cohesion",), {}, BadValue, "answers by organisation, year"),
        ("states", ("kappa",), {}, BadValue, "panel of states"),
        ("states", ("contiguity",), {}, BadValue, "panel of states"),
        ("dyads", (), {}, BadValue, "at least one"),
        ("dyads", ("kappa", "pi"), {"named": "x"}, BadValue, "expected one"),
        ("dyads", ("kappa",), {"flow": "exports"}, UnknownName, "no option 'flow'"),
        ("dyads", ("kappa",), {"years": 2010}, UnknownName, "no option 'years'"),
        ("dyads", ("kappa",), {"sources": {"flows": "x"}}, UnknownName, "no table 'flows'"),
        ("dyads", ("contiguity",), {"flow": "exports"}, UnknownName, "no option 'flow'"),
        ("dyads", ("reliance",), {}, BadValue, "needs organisation"),
        ("dyads", ("dependence",), {"flow": "sideways"}, BadValue, "sideways"),
    ],
)
def test_a_measure_that_does_not_fit_is_refused(
    unit: str,
    names: tuple[str, ...],
    options: dict[str, object],
    kind: type[MultivectorError],
    words: str,
    embedded: mv.Workspace,
) -> None:
    made = embedded.panel(unit, years=2014)  # type: ignore[arg-type]
    with pytest.raises(kind, match=words) as caught:
        made.with_(*names, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


# --- the command


class Done:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> object:
    def call(*words: str) -> Done:
        with pytest.raises(SystemExit) as caught:
            cli.main(["panel", *words])
        out, err = capsys.readouterr()
        return Done(int(str(caught.value.code)), out, err)

    return call


ASKED = ("dyads", "--years", "2018:2019", "--with", "s_score,dependence", "--set", "flow=exports")


@pytest.mark.parametrize("ending", ["dta", "parquet", "csv"])
def test_the_command_writes_panel_codebook_and_bibliography(
    ending: str, run, tmp_path: Path, embedded: mv.Workspace
) -> None:
    out = tmp_path / f"panel.{ending}"
    done = run(*ASKED, "--relevant", "--out", str(out))
    assert done.code == 0, done.err
    want = embedded.panel("dyads", years=(2018, 2019), relevant=True).with_(
        "s_score", "dependence", flow="exports"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("panel.bib.txt", "panel.codebook.md", f"panel.{ending}")
    ]
    assert (tmp_path / "panel.codebook.md").read_text(encoding="utf-8") == want.codebook()
    assert (tmp_path / "panel.bib.txt").read_text(encoding="utf-8") == f"{want.cite()}\n"
    assert want.run.id in done.err
    if ending == "parquet":
        assert pl.read_parquet(out).equals(want.frame)
    elif ending == "csv":
        assert pl.read_csv(out, infer_schema_length=None).equals(want.frame)
    else:
        pandas = pytest.importorskip("pandas")
        with pandas.io.stata.StataReader(out) as reader:
            labels, rows = reader.variable_labels(), reader.read()
        assert list(rows.columns) == want.frame.columns
        assert labels == {name: note[:80] for name, note in want.labels.items()}
        assert rows["s_score"].isna().sum() == want.frame["s_score"].null_count()
        assert rows["s_score"].sum() == pytest.approx(want.frame["s_score"].sum())


def test_the_command_prints_what_python_gives(run, embedded: mv.Workspace) -> None:
    done = run("states", "--years", "2019", "--with", "participation", "--to", "json")
    want = embedded.panel("states", years=2019).with_("participation").frame
    assert json.loads(done.out) == want.to_dicts()
    assert "state-years 2019" in run("states", "--years", "2019").out


@pytest.mark.parametrize(
    "words",
    [
        ("dyads",),
        ("--years", "2019"),
        ("pairs", "--years", "2019"),
        ("dyads", "--years", "2019:1992"),
        ("dyads", "--years", "2019", "--members", "everybody"),
        ("dyads", "--years", "2019", "--with", "kapa"),
        ("dyads", "--years", "2019", "--with", "cohesion"),
        ("states", "--years", "2019", "--with", "kappa"),
        ("states", "--years", "2019", "--directed"),
        ("dyads", "--years", "2019", "--set", "flow=exports"),
        ("dyads", "--years", "2019", "--with", "dependence", "--set", "flow"),
        ("dyads", "--years", "2019", "--with", "dependence", "--set", "colour=red"),
        ("dyads", "--years", "2019", "--with", "dependence", "--source", "nobody"),
        ("dyads", "--years", "2019", "--with", "dependence", "--source", "a,b"),
        ("dyads", "--years", "2019", "--out", "panel.xyz"),
        ("dyads", "--years", "2019", "--to", "dta"),
        ("dyads", "--years", "2019", "--out", "no/such/folder/panel.csv"),
    ],
)
def test_bad_input_is_one_line(
    words: tuple[str, ...], run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1, done.err
    assert not list(tmp_path.iterdir())


def test_standard_output_has_nothing_beside_it(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("states", "--years", "2019", "--to", "csv").out.startswith("state,year,cow,gw,name")
    assert not list(tmp_path.iterdir())


# --- in a notebook


def test_an_answer_shows_itself(embedded: mv.Workspace) -> None:
    result = embedded.compute("partner_shares", state="KAZ", flow="exports")
    page = result._repr_html_()
    assert page.count("<tr>") - len(result.coverage) - 2 == 10
    assert "<svg" in page
    assert f"{result.frame.height - 10:,} more rows" in page
    for words in (result.run.id, "Sources", "Coverage", "BACI", "2000"):
        assert words in page
    assert len(repr(result)) < 400
    assert result.run.id in repr(result)
    many = embedded.compute("membership_overlap", years=2019)
    assert len(repr(many)) < 400
    assert "more" in repr(many)


def test_what_an_answer_holds_is_no_markup(embedded: mv.Workspace) -> None:
    result = embedded.compute("concentration", state="KAZ", years=2019)
    frame = result.frame.with_columns(state=pl.lit("<script>alert(1)</script>"))
    spoiled = type(result)(frame, result.run, ("<b>note</b>",), result.origins)
    page = spoiled._repr_html_()
    assert "<script>" not in page
    assert "&lt;b&gt;note" in page


def test_an_answer_without_a_picture_shows_the_rest(embedded: mv.Workspace) -> None:
    result = embedded.compute("s_score", state="KAZ", years=1960)
    assert result.frame.is_empty()
    assert "<svg" not in result._repr_html_()


def test_answers_and_panels_are_frames_to_others(embedded: mv.Workspace) -> None:
    result = embedded.compute("concentration", state="KAZ")
    made = embedded.panel("states", years=2019).with_("concentration")
    for answer in (result, made):
        assert pl.DataFrame(answer).equals(answer.frame)
        pandas = answer.to_pandas()
        assert list(pandas.columns) == answer.frame.columns
        assert len(pandas) == answer.frame.height
    pyarrow = pytest.importorskip("pyarrow")
    assert pyarrow.table(result).num_rows == result.frame.height
    assert len(repr(made)) < 400
    assert made.run.id in repr(made)
    assert made.run.id in made._repr_html_()
