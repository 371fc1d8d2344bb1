"""Make the embedded geography of pairs of states from CEPII's GeoDist.

Usage: python scripts/build_geography.py dist_cepii.zip [src/multivector/data]

GeoDist is under the Etalab open licence 2.0, which allows copies and extracts that name the source.
Kept are distance, border, official language and colonial ties; borders also from the World
Factbook's list. The file's codes are those of 2004: a state that left another since has the
distances of that other one, and from its siblings the distance within it.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import polars as pl

from multivector.sources import _workbook
from multivector.study import world
from multivector.tables import GEOGRAPHY

LATER = {"SRB": "YUG", "MNE": "YUG", "XKX": "YUG", "SSD": "SDN"}
"""States that the file does not know, and the state of the file that they were part of."""
NAMES = {"PAL": "PSE", "ROM": "ROU", "TMP": "TLS", "ZAR": "COD"}
FLAGS = {
    "contig": "contiguous",
    "comlang_off": "common_language",
    "colony": "colony",
    "comcol": "common_coloniser",
}


def pairs(path: Path) -> pl.DataFrame:
    """Return the file's own pairs, both directions and every state with itself."""
    with zipfile.ZipFile(path) as archive:
        inside = next(n for n in archive.namelist() if n.lower().endswith("dist_cepii.xls"))
        content = archive.read(inside)
    frame = _workbook.table(content, path.name, "iso_o", "iso_d", "dist", *FLAGS)
    code = pl.col("iso_o", "iso_d").replace(NAMES)
    return frame.with_columns(code, pl.col("dist", *FLAGS).replace(".", None).cast(pl.Float64))


def with_later(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with those of states that came later, the states that are gone left out."""
    codes = sorted({*frame["iso_o"]} - {*LATER.values()} | {*LATER, "SDN"})
    stands = pl.DataFrame({"code": codes, "file": [LATER.get(code, code) for code in codes]})
    both = stands.rename({"code": "state", "file": "iso_o"}).join(
        stands.rename({"code": "partner", "file": "iso_d"}), how="cross"
    )
    return both.filter(pl.col("state") < pl.col("partner")).join(frame, on=["iso_o", "iso_d"])


def main(file: str, folder: str = "src/multivector/data") -> None:
    rows = with_later(pairs(Path(file))).rename(FLAGS)
    borders = world.table("borders").select("state", "partner").unique()
    both = pl.concat([borders, borders.select(state="partner", partner="state")]).unique()
    rows = rows.join(both.with_columns(listed=pl.lit(value=True)), on=["state", "partner"],
                     how="left")  # fmt: skip
    new = pl.col("state").is_in(list(LATER)) | pl.col("partner").is_in(list(LATER))
    rows = rows.with_columns(
        (pl.col(name) == 1).alias(name) for name in FLAGS.values()
    ).with_columns(
        contiguous=pl.when(new)
        .then(pl.col("listed").fill_null(value=False))
        .otherwise("contiguous")
    )
    rows = rows.sort("state", "partner").select(
        "state",
        "partner",
        pl.col("dist").round().cast(pl.Int16).alias("distance"),
        *FLAGS.values(),
        "iso_o",
        "iso_d",
    )
    GEOGRAPHY.check(rows.with_columns(source=pl.lit(""), locator=pl.lit("")))
    path = Path(folder) / "geography.parquet"
    rows.write_parquet(path, compression="zstd", compression_level=22, statistics=False)
    print(f"{path.name}: {rows.height:,} pairs, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
