"""BACI at the product level as CEPII publishes it: one CSV a year, ``t,i,j,k,v,q``.

t is the year, i the exporter, j the importer, k the product (Harmonized System, six digits), v the
value in thousand dollars, q the quantity in tons. A year has some ten million rows, so that this
reader, unlike others, reduces: `read` adds up products within their two-digit chapters, out of
memory. `products` reads all six digits for the states one names. Numbers of countries are those
of the table ``country_codes`` where it lies beside the file or in the same archive, else those of
UN Comtrade. The quantity is not read.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from multivector.errors import SchemaError, UnreadableFile
from multivector.names import states
from multivector.provenance import Origin
from multivector.sources import Head, _rows, report_frame

RELEASES = (
    Origin(
        source="baci",
        version="any",
        title="BACI: International Trade Database at the Product-Level",
        producer="CEPII",
        citation=(
            "Gaulier, G. and Zignago, S. (2010). BACI: International Trade Database at the "
            "Product-Level. CEPII Working Paper 2010-23."
        ),
        url="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
        licence="Etalab Open Licence 2.0",
        retrieved="2026-11-22",
    ),
)
EXPECT = {"flows": (1, 200_000_000)}

_YEAR = re.compile(r"BACI_HS\d+_Y\d{4}_V\w+\.csv$")
_COUNTRIES = re.compile(r"country_codes\w*\.csv$")
_SCHEMA = {"t": pl.Int64, "i": pl.Int32, "j": pl.Int32, "k": pl.Int32, "v": pl.Float64}


def recognise(head: Head) -> bool:
    """Return whether the file, archive or folder is BACI's product-level layout."""
    if head.members:
        return any(_YEAR.search(name) for name in head.members)
    return head.header == "t,i,j,k,v,q"


def read(path: Path) -> dict[str, pl.DataFrame]:
    """Return flows by pair, year and two-digit chapter in US dollars, and the report."""
    with _opened(path) as (files, countries):
        chapters = pair_years(files, by_chapter=True)
        flows, report = _flows(chapters, path, countries)
    return {"flows": flows, "report": report_frame(report)}


def products(path: Path, *, of: tuple[str, ...]) -> pl.DataFrame:
    """Return flows of some states with every partner at six digits of the Harmonized System.

    Parameters
    ----------
    path : Path
        A CSV, the archive or the folder of them.
    of : tuple of str
        Codes of the states wanted.
    """
    with _opened(path) as (files, countries):
        scan = _scan(files)
        seen = pl.concat([scan.select(n=c).unique() for c in ("i", "j")]).unique().collect()
        known = _numbers(seen["n"], countries)
        wanted = [number for number, state in known.items() if state in of]
        mine = pl.col("i").is_in(wanted) | pl.col("j").is_in(wanted)
        rows = scan.filter(mine).collect(engine="streaming")
        code = pl.col("k").cast(pl.String).str.zfill(6)
        flows, _ = _flows(rows.with_columns(product=code), path, countries)
    return flows.filter(pl.col("state").is_in(of))


def pair_years(files: list[Path], *, by_chapter: bool = False) -> pl.DataFrame:
    """Return ``t``, ``i``, ``j`` (and ``product``) with ``v`` added up, without loading the file.

    ``least`` is the smallest value met and ``rows`` how many were added.
    """
    keys = [pl.col("t"), pl.col("i"), pl.col("j")]
    if by_chapter:
        keys.append((pl.col("k") // 10_000).alias("chapter"))
    value = pl.col("v")
    reduced = (
        _scan(files)
        .group_by(keys)
        .agg(value.sum(), least=value.min(), rows=pl.len())
        .collect(engine="streaming")
    )
    if not by_chapter:
        return reduced
    chapter = pl.col("chapter").cast(pl.String).str.zfill(2)
    return reduced.with_columns(product=chapter).drop("chapter")


def _scan(files: list[Path]) -> pl.LazyFrame:
    scans = []
    for file in files:
        scan = pl.scan_csv(file, infer_schema=False)
        _rows.require(scan, file, *_SCHEMA)
        columns = (pl.col(name).str.strip_chars().cast(kind) for name, kind in _SCHEMA.items())
        plain = _plain(file)
        scans.append(plain if plain is not None else scan.select(columns))
    return pl.concat(scans)


def _plain(file: Path) -> pl.LazyFrame | None:
    """Return a typed scan where the first rows read as numbers, the usual and fast case."""
    scan = pl.scan_csv(file, schema_overrides=_SCHEMA).select(list(_SCHEMA))
    try:
        scan.head(100).collect()
    except pl.exceptions.ComputeError:
        return None
    return scan


@contextmanager
def _opened(path: Path) -> Iterator[tuple[list[Path], Path | None]]:
    """Yield the CSV files of the years and the table of countries, unpacked where need be."""
    if path.is_file() and zipfile.is_zipfile(path):
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
            archive.extractall(folder, [n for n in archive.namelist() if n.endswith(".csv")])
            yield _inside(Path(folder), path)
    elif path.is_dir():
        yield _inside(path, path)
    else:
        tables = [f for f in path.parent.iterdir() if _COUNTRIES.search(f.name)]
        yield [path], sorted(tables)[-1] if tables else None


def _inside(folder: Path, path: Path) -> tuple[list[Path], Path | None]:
    files = sorted(f for f in folder.rglob("*.csv") if _YEAR.search(f.name))
    tables = sorted(f for f in folder.rglob("*.csv") if _COUNTRIES.search(f.name))
    if not files:
        raise UnreadableFile(
            f"{path.name} holds no year of BACI; expected files named BACI_HS.._Y...._V...csv; "
            "download it again"
        )
    return files, tables[-1] if tables else None


def _flows(
    rows: pl.DataFrame, path: Path, countries: Path | None
) -> tuple[pl.DataFrame, _rows.Report]:
    if rows.is_empty():
        raise SchemaError(
            f"the file {path.name} has a header and no rows; expected a year of trade; "
            "download it again"
        )
    if "least" in rows.columns:
        report: _rows.Report = [
            ("rows read", int(rows["rows"].sum()), "products"),
            ("rows kept", rows.height, "products added up within their two-digit chapters"),
        ]
        rows = rows.with_columns(year=pl.col("t"))
        _refuse_negative(rows, path)
    else:
        report, rows = [("rows read", rows.height, "")], rows.with_columns(year=pl.col("t"))
    numbers = pl.concat([rows["i"], rows["j"].alias("i")]).unique()
    names = _numbers(numbers, countries)
    table = pl.DataFrame(
        {"number": list(names), "state": list(names.values())},
        schema={"number": pl.Int32, "state": pl.String},
    )
    for column, target in (("i", "origin"), ("j", "target")):
        rows = rows.join(table.rename({"number": column, "state": target}), on=column, how="left")
        lost = rows.filter(pl.col(target).is_null())
        if lost.height:
            labels = ", ".join(str(n) for n in sorted(lost[column].unique().to_list()))
            report.append((f"rows whose {target} is no state", lost.height, labels))
            rows = rows.filter(pl.col(target).is_not_null())
    key = ["origin", "target", "year", "product"]
    rows = rows.select(*key, value=pl.col("v") * 1000)
    rows = _rows.summed(rows, key, report)
    return _rows.both_sides(rows, unit="USD", locator="v of t, i, j, k"), report


def _refuse_negative(rows: pl.DataFrame, path: Path) -> None:
    bad = rows.filter((pl.col("least") < 0) | ~pl.col("t").is_between(1988, 2100))
    if bad.is_empty():
        return
    first = bad.select("t", "i", "j", "product", "least").row(0)
    raise SchemaError(
        f"the file {path.name} has negative values or impossible years, first "
        f"(t, i, j, chapter, v) = {first}; expected the producer's figures; download it again"
    )


def _numbers(numbers: pl.Series, countries: Path | None) -> dict[int, str]:
    """Return the state of each number of a country; numbers of nobody are left out."""
    names: dict[int, str] = {}
    if countries is not None:
        table = pl.read_csv(countries, infer_schema=False)
        iso = next((c for c in ("country_iso3", "iso_3digit_alpha") if c in table.columns), None)
        if iso is not None:
            code = table[iso].str.strip_chars()
            code = pl.select(pl.when(code.str.contains("^[A-Z]{3}$")).then(code)).to_series()
            found = states.identify_column(code, None, scheme="iso3", unknown="null")
            pairs = zip(table["country_code"].cast(pl.Int32), found, strict=True)
            names = {number: state for number, state in pairs if state is not None}
    rest = [number for number in numbers.unique().sort().to_list() if number not in names]
    labels = pl.Series(rest, dtype=pl.Int32).cast(pl.String).str.zfill(3)
    found = states.identify_column(labels, None, scheme="comtrade", unknown="null")
    more = {number: state for number, state in zip(rest, found, strict=True) if state is not None}
    return {**more, **names}
