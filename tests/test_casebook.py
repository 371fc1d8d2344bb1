"""The casebook of the five papers: schema, links, and that each record stands where it says."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache
from pathlib import Path

import polars as pl
import pytest

DATA = Path(__file__).resolve().parents[1] / "src" / "multivector" / "data"
COMMON = ["id", "paper", "language", "start", "end", "attributed_to", "duplicate_of", "locator"]
COLUMNS = {
    "events": "type date date_note period actors dimension power mode title",
    "memberships": "organisation actor status start_date end_date status_raw note",
    "quantities": "subject actors value value_max unit date comparison note",
    "votes": "body resolution actor sides_with against issue period",
}
LETTER = {"events": "E", "memberships": "M", "quantities": "Q", "votes": "V"}
OTHER = {
    "papers": "paper title author year published language kind sha256 characters pages note",
    "conflicts": "id type nature scope confidence needs_world_knowledge papers summary why",
    "sides": "conflict side record paper start end locator",
}
PAPERS = {"000", "001", "002", "003", "004"}
CHOICES = {
    ("events", "type"): "organisation_founded agreement_signed treaty_in_force summit meeting "
    "visit statement initiative_proposed programme_adopted law_or_doctrine_adopted accession "
    "withdrawal status_granted chairmanship recognition exercise institution_opened "
    "joint_venture_founded "
    "pipeline_or_infrastructure currency_introduced other",
    ("events", "dimension"): "political institutional economic energy_transport security cultural "
    "education",
    ("events", "power"): "soft hard none",
    ("events", "mode"): "coerce induce attract",
    ("memberships", "status"): "founding_member member observer dialogue_partner chair withdrew "
    "refused",
    ("quantities", "comparison"): "= ~ > target",
    ("conflicts", "type"): "date value member name order_of_magnitude arithmetic chronology status "
    "claim citation cross_language other",
    ("conflicts", "nature"): "contradiction implausible attributed_disagreement citation name",
    ("conflicts", "scope"): "within across",
    ("conflicts", "confidence"): "high medium low",
    ("conflicts", "needs_world_knowledge"): "true false",
}
DATES = {"events": ["date", "period"], "memberships": ["start_date", "end_date"],
         "quantities": ["date"], "votes": ["period"]}  # fmt: skip
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?(/\d{4}(-\d\d(-\d\d)?)?)?")
ACTOR = re.compile(r"[A-Z]{3}|[A-Z][A-Z0-9]+|person:\w+|hist:[\w-]+|SCO Energy Club")
SPELT = {"2": "iki second two double", "3": "üçüncü third", "4": "dörd four", "5": "five beş",
         "6": "six", "10": "onuncu tenth", "15": "fifteen onbeş", "25": "quarter",
         "74": "seventyfour", "90": "ninety", "3000": "üçbin"}  # fmt: skip
NAMES = {
    "AFG": "Afgan Afghan", "ARE": "Emirates", "ARM": "Armenia Ermenistan",
    "AZE": "Azerbaijan Azerbaycan", "BGD": "Bangladesh", "BHR": "Bahrain", "BLR": "Belarus",
    "CHN": "China Çin", "DNK": "Denmark", "EGY": "Egypt", "EST": "Estonia", "GEO": "Georgia",
    "IDN": "Indonesia", "IND": "India Hindistan", "IRN": "Iran", "IRQ": "Iraq", "ISR": "Israel",
    "JOR": "Jordan", "JPN": "Japan", "KAZ": "Kazak", "KGZ": "Kyrgyz Kırgız",
    "KHM": "Cambodia Kamboçya", "KOR": "Korea", "LAO": "Laos", "LKA": "SriLanka",
    "LTU": "Lithuania", "LVA": "Latvia", "MDA": "Moldova", "MNG": "Mongolia Moğol",
    "MYS": "Malaysia", "NOR": "Norway", "NPL": "Nepal", "PAK": "Pakistan", "PHL": "Philippines",
    "PSE": "Palestine", "QAT": "Qatar", "RUS": "Russia Rusya", "SRB": "Serbia Sırbistan",
    "SWE": "Sweden", "THA": "Thailand", "TJK": "Tajik Tacik", "TKM": "Turkmen Türkmen",
    "TUR": "Türkiye Turkey", "UKR": "Ukrain", "USA": "UnitedStates", "UZB": "Uzbek Özbek",
    "VNM": "Vietnam",
}  # fmt: skip
LOOKALIKES = str.maketrans("аеорсухкиіјѕвнтм", "aeopcyxkuijsbhtm")
TABLES = {
    ("002", "Table 1: "): (18, 6, 3),  # cells, rows (years), columns (men, women, total)
    ("003", "Table 2: "): (84, 12, 7),  # states; exports of four years, imports of three
    ("003", "Table 3: "): (30, 5, 6),  # states; territory, population, GDP and shares
}


@cache
def table(name: str) -> pl.DataFrame:
    return pl.read_csv(
        DATA / f"casebook_{name}.tsv",
        separator="\t",
        quote_char=None,
        infer_schema=False,
    )


@cache
def records() -> pl.DataFrame:
    return pl.concat([table(name).select(COMMON) for name in COLUMNS])


@cache
def texts(folder: Path) -> dict[str, str]:
    files = sorted((folder / "papers").glob("0*.txt"))
    return {path.name[:3]: path.read_bytes().decode("utf-8") for path in files}


def words(text: str) -> list[str]:
    """Words of letters, with words broken at a line end joined; numbers do not count."""
    joined = re.sub(r"</?\w+>|\*", "", re.sub(r"-\s*\n\s*", "", text))
    return re.findall(r"[^\W\d_]+", joined.lower())


@cache
def fold(text: str) -> str:
    """Letters and digits only, lower case, Latin, without accents."""
    plain = unicodedata.normalize("NFKD", re.sub(r"</?\w+>", "", text).lower().replace("ı", "i"))
    return "".join(c for c in plain.translate(LOOKALIKES) if c.isalnum())


@pytest.mark.parametrize("name", [*COLUMNS, *OTHER])
def test_files_are_plain_sorted_tsv(name: str) -> None:
    raw = (DATA / f"casebook_{name}.tsv").read_bytes()
    assert raw.endswith(b"\n")
    assert b"\r" not in raw
    assert b'"' not in raw
    expected = COMMON + COLUMNS[name].split() if name in COLUMNS else OTHER[name].split()
    frame = table(name)
    assert frame.columns == expected
    keys = ["conflict", "side"] if name == "sides" else [expected[0]]
    order = frame.with_columns(pl.col(k).cast(pl.Int64) for k in keys if k == "side")
    assert order.select(keys).equals(order.select(keys).sort(keys))


@pytest.mark.parametrize(("name", "column"), CHOICES)
def test_values_are_of_the_scheme(name: str, column: str) -> None:
    values = set(table(name)[column].drop_nulls())
    assert values <= set(CHOICES[name, column].split())


@pytest.mark.parametrize(
    ("name", "column"),
    [("events", "title"), ("events", "type"), ("events", "dimension"), ("events", "power"),
     ("memberships", "organisation"), ("memberships", "actor"), ("memberships", "status"),
     ("quantities", "subject"), ("quantities", "unit"), ("quantities", "comparison"),
     ("votes", "body"), ("votes", "actor"), ("votes", "issue"), ("conflicts", "summary"),
     ("conflicts", "why"), ("conflicts", "papers"), ("papers", "sha256"), ("papers", "title"),
     ("sides", "locator"), ("sides", "start"), ("sides", "end")],
)  # fmt: skip
def test_what_every_row_has(name: str, column: str) -> None:
    assert table(name)[column].null_count() == 0


def test_every_record_has_place_and_locator() -> None:
    frame = records()
    for column in ("paper", "language", "start", "end", "locator"):
        assert frame[column].null_count() == 0
    assert set(frame["paper"]) <= PAPERS == set(table("papers")["paper"])
    assert set(frame["language"]) <= {"tr", "en"}
    assert (frame["start"].cast(pl.Int64) < frame["end"].cast(pl.Int64)).all()


@pytest.mark.parametrize("name", COLUMNS)
def test_ids_say_paper_and_kind(name: str) -> None:
    frame = table(name)
    pattern = "^" + frame["paper"] + f"-{LETTER[name]}\\d{{3}}$"
    matches = [re.match(p, i) for p, i in zip(pattern, frame["id"], strict=True)]
    assert all(matches)
    assert records()["id"].is_unique().all()


def test_duplicates_name_the_first_record_of_their_kind() -> None:
    frame = records()
    heads = dict(frame.select("id", "duplicate_of").iter_rows())
    position = {i: (p, int(s)) for i, p, s in frame.select("id", "paper", "start").iter_rows()}
    for own, head in heads.items():
        if head is not None:
            assert head in heads, own
            assert heads[head] is None, own
            assert own[4] == head[4], own
            assert position[head] <= position[own], own


@pytest.mark.parametrize("name", DATES)
def test_dates_are_partial_iso(name: str) -> None:
    for column in DATES[name]:
        for value in table(name)[column].drop_nulls():
            assert DATE.fullmatch(value), value


def test_actors_are_codes() -> None:
    found = {a for name in ("events", "quantities") for cell in table(name)["actors"].drop_nulls()
             for a in cell.split(";")}  # fmt: skip
    found |= set(table("memberships")["actor"]) | set(table("votes")["actor"])
    assert not [actor for actor in found if not ACTOR.fullmatch(actor)]


def test_power_is_coded_only_where_the_text_sorts_its_fields() -> None:
    coded = table("events").filter(pl.col("power") != "none")
    assert set(coded["paper"]) == {"002"}
    soft = coded.filter(power="soft")["dimension"].unique().sort().to_list()
    assert soft == ["cultural", "education", "institutional", "political"]


def test_values_are_numbers_or_said_to_be_missing() -> None:
    frame = table("quantities")
    assert frame["value"].cast(pl.Float64, strict=False).null_count() == frame["value"].null_count()
    empty = frame.filter(pl.col("value").is_null())
    assert empty.height == 4
    assert empty["note"].str.ends_with("no data").all()


@pytest.mark.parametrize(("paper", "prefix"), TABLES)
def test_tables_are_whole(paper: str, prefix: str) -> None:
    notes = table("quantities").filter(
        pl.col("paper") == paper, pl.col("note").str.starts_with(prefix)
    )["note"]
    labels = notes.str.strip_prefix(prefix).str.split(";").list.first()
    rows, columns = (set(labels.str.split(", ").list.get(0)),
                     set(labels.str.splitn(", ", 2).struct.field("field_1")))  # fmt: skip
    assert (len(notes), len(rows), len(columns)) == TABLES[paper, prefix]
    assert labels.is_unique().all()


def test_the_cis_table_by_cell() -> None:
    cells = dict(table("quantities").select("note", "value").iter_rows())
    assert cells["Table 2: Kazakhstan, exports 1991"] == "90"
    assert cells["Table 2: Kazakhstan, exports 2005"] == "15"
    assert cells["Table 2: Kazakhstan, imports 2005"] == "47"
    assert cells["Table 2: Turkmenistan, exports 2005; 2003 data"] == "44"
    assert cells["Table 2: Uzbekistan, imports 2000; no data"] is None
    assert cells["Table 3: Kazakhstan, GDP"] == "128000000000"


def test_sides_resolve() -> None:
    sides, conflicts = table("sides"), table("conflicts")
    assert set(sides["conflict"]) == set(conflicts["id"])
    place = {row[0]: row[1:] for row in records().select("id", "paper", "start", "end").iter_rows()}
    for record, *where in sides.select("record", "paper", "start", "end").iter_rows():
        assert record is None or place[record] == tuple(where), record
    for (conflict,), rows in sides.group_by("conflict"):
        row = conflicts.row(by_predicate=pl.col("id") == conflict, named=True)
        papers = sorted(set(rows["paper"]))
        assert row["papers"].split(";") == papers
        assert row["scope"] == "within" or len(papers) > 1, conflict
        if row["nature"] in ("contradiction", "attributed_disagreement"):
            assert rows["side"].n_unique() > 1, conflict


@pytest.mark.parametrize(
    "needle",
    ["inflation criterion", "Iran and Pakistan", "Russia 3.1", "900 billion USD", "2.72 km2"],
)
def test_known_conflicts_are_there(needle: str) -> None:
    assert table("conflicts")["summary"].str.contains(needle, literal=True).any()


@pytest.mark.shared
def test_papers_are_the_ones_coded(shared: Path) -> None:
    for row in table("papers").iter_rows(named=True):
        (path,) = (shared / "papers").glob(f"{row['paper']}_*.txt")
        raw = path.read_bytes()
        assert hashlib.sha256(raw).hexdigest() == row["sha256"]
        assert len(raw.decode("utf-8")) == int(row["characters"])


@pytest.mark.shared
def test_offsets_lie_in_the_texts(shared: Path) -> None:
    frame = pl.concat([records(), table("sides")], how="diagonal")
    for paper, start, end in frame.select("paper", "start", "end").iter_rows():
        text = texts(shared)[paper]
        low, high = int(start), int(end)
        assert 0 <= low < high <= len(text)
        assert high - low <= 600
        assert text[low:high] == text[low:high].strip()


@pytest.mark.shared
def test_years_of_events_stand_near_them(shared: Path) -> None:
    frame = table("events").filter(pl.col("date").is_not_null())
    for name, paper, start, end, date, note in frame.select(
        "id", "paper", "start", "end", "date", "date_note"
    ).iter_rows():
        near = texts(shared)[paper][max(0, int(start) - 1500) : int(end) + 400]
        years = [part[:4] for part in date.split("/")]
        decades = [f"{y[:3]}0" for y in years]
        assert note or any(y in near for y in years + decades), name


def printed_numbers(passage: str) -> set[str]:
    """Numbers of a passage in each reading of their points and commas."""
    found = set()
    for number in re.findall(r"\d[\d.,]*", passage):
        plain = number.rstrip(".,")
        found |= {plain, plain.replace(",", "."), re.sub(r"[.,]", "", plain)}
    return {n.rstrip("0").rstrip(".") if "." in n else n for n in found}


def stands_in(passage: str, value: str) -> bool:
    """Whether a value is printed in a passage, in figures (also in millions) or in words."""
    scaled = [float(value) / unit for unit in (1, 1e3, 1e6, 1e9)]
    forms = {f"{v:.6f}".rstrip("0").rstrip(".") for v in scaled if v >= 0.1 or v == 0}
    told = any(fold(word) in fold(passage) for word in SPELT.get(value, "").split())
    return told or bool(forms & printed_numbers(passage))


@pytest.mark.shared
def test_values_stand_in_their_passages(shared: Path) -> None:
    frame = table("quantities").filter(pl.col("value").is_not_null())
    ranked_by_order = {"Türkiye's rank as investor in Kazakhstan"}
    for row in frame.filter(~pl.col("subject").is_in(ranked_by_order)).iter_rows(named=True):
        passage = texts(shared)[row["paper"]][int(row["start"]) : int(row["end"])]
        assert stands_in(passage, row["value"]), row["id"]


@pytest.mark.shared
def test_members_are_named_near_their_records(shared: Path) -> None:
    for row in table("memberships").iter_rows(named=True):
        near = texts(shared)[row["paper"]][max(0, int(row["start"]) - 1200) : int(row["end"])]
        names = NAMES.get(row["actor"], row["actor"]).split()
        assert any(fold(name) in fold(near) for name in names), row["id"]


@pytest.mark.shared
def test_no_cell_repeats_a_sentence(shared: Path) -> None:
    runs = set()
    for text in texts(shared).values():
        own = words(text)
        runs |= {tuple(own[i : i + 8]) for i in range(len(own) - 7)}
    for name in [*COLUMNS, *OTHER]:
        frame = table(name).drop("title" if name == "papers" else [])
        for cell in {c for column in frame for c in column.drop_nulls()}:
            own = words(cell)
            assert not any(tuple(own[i : i + 8]) in runs for i in range(len(own) - 7)), cell
