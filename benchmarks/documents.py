"""Documents: time and memory over a growing number of ten-page documents.

    python benchmarks/documents.py [--documents 50 200 1000] [--jobs 2]

The documents are made up of sentences on treaties, visits, members and trade in four languages,
different in each document; the damage of extracted text (look-alike letters, torn lines) is in
every fifth. Prints seconds, documents a second and the largest resident memory of a process.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import tempfile
import time
from pathlib import Path

from multivector.documents.library.archive import Library

PAGES, CHARACTERS = 10, 2500
STATES = {
    "en": ["Kazakhstan", "Russia", "China", "Turkey", "Uzbekistan", "Kyrgyzstan", "Mongolia"],
    "tr": ["Kazakistan", "Rusya", "Çin", "Türkiye", "Özbekistan", "Kırgızistan", "Moğolistan"],
    "ru": ["Казахстан", "Китай", "Узбекистан", "Кыргызстан", "Таджикистан", "Туркменистан"],
    "kk": ["Қазақстан", "Ресей", "Қытай", "Өзбекстан", "Қырғызстан", "Түркия"],
}
SENTENCES = {
    "en": [
        "In {month} {year}, {a} and {b} signed an agreement on trade worth {n} million dollars. ",
        "{a} became a member of the Shanghai Cooperation Organization in {year}. ",
        "The foreign policy of {a} has been discussed at length by many scholars (Smith, {year}). ",
        "The President of {a} visited {b} in {year} and met with the government. ",
        "It is often said that relations of this kind depend on geography and history. ",
    ],
    "tr": [
        "{year} yılında {a} ile {b} arasında {n} milyon dolar değerinde anlaşma imzalanmıştır. ",
        "{a} ve {b} bölgesel örgütlerin üyesidir ve iş birliği sürmektedir (Kaya {year}). ",
        "Bu ilişkilerin gelişimi birçok çalışmada ele alınmış ve tartışılmıştır. ",
    ],
    "ru": [
        "В {year} году {a} и {b} подписали договор о дружбе и сотрудничестве. ",
        "Отношения между странами развиваются на основе взаимного доверия и интересов. ",
    ],
    "kk": [
        "{year} жылы {a} мен {b} келісімге қол қойды. ",
        "Екі ел арасындағы қарым-қатынас жан-жақты дамып келеді. ",
    ],
}
MONTHS = ["January", "March", "May", "July", "October"]


def document(number: int) -> str:
    """Return the text of a document of ten pages, the same for the same number."""
    random.seed(number)
    language = random.choices(list(SENTENCES), weights=[4, 3, 2, 1])[0]
    pieces, length, paragraph = [f"Document {number}\n\n"], 0, 0
    while length < PAGES * CHARACTERS:
        a, b = random.sample(STATES[language], 2)
        piece = random.choice(SENTENCES[language]).format(
            a=a,
            b=b,
            year=random.randint(1991, 2022),
            n=random.randint(2, 900),
            month=random.choice(MONTHS),
        )
        pieces.append(piece)
        length, paragraph = length + len(piece), paragraph + 1
        if paragraph % 7 == 0:
            pieces.append("\n\n")
    text = "".join(pieces)
    if number % 5 == 0:
        text = text.replace("ar", "аr").replace(" and ", " and\n\n")
    return text


def run(count: int, jobs: int) -> tuple[float, float]:
    """Return the seconds for so many documents and the peak memory in megabytes."""
    folder = Path(tempfile.mkdtemp())
    try:
        papers = folder / "papers"
        papers.mkdir()
        for number in range(count):
            path = papers / f"paper{number:05}.txt"
            path.write_text(document(number), encoding="utf-8")
        start = time.perf_counter()
        outcomes = Library(folder / "study").add([papers], jobs=jobs)
        seconds = time.perf_counter() - start
        failed = [outcome for outcome in outcomes if outcome.status != "added"]
        if failed:
            raise SystemExit(f"{len(failed)} documents failed: {failed[0].message}")
    finally:
        shutil.rmtree(folder)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return seconds, (own + jobs * children) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[50, 200, 1000])
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    print("documents  seconds  documents/s  memory MB (all processes)")
    for count in options.documents:
        seconds, memory = run(count, options.jobs)
        print(f"{count:9}  {seconds:7.1f}  {count / seconds:11.2f}  {memory:9.0f}", flush=True)


if __name__ == "__main__":
    main()
