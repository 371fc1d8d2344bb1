"""The observatory in Chromium: every page, the forms, documents, keys, print, and axe-core."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from multivector.workspace import Workspace
from tests import PATIENCE
from tests import browser as real

pytest.importorskip("starlette")
sync_api = pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(real.CHROMIUM is None, reason="Chromium is not installed here"),
]

SPECIMENS = Path(__file__).parent / "specimens"
FACTS = (
    "# A report\n\nKazakhstan is a member of the CSTO. Kazakhstan is an observer of the CSTO. "
    "Kazakhstan and China signed an «agreement» on 26 April 1996 in Shanghai.\n\n"
    "Trade reached 3 billion dol-\nlars in 2019. <script>alert(1)</script> =HYPERLINK(1)\n"
)
LIGHT = {"width": 1440, "height": 900}
SMALL = {"width": 390, "height": 844}
PARTS = ("years", "poles", "trade", "organisations", "votes", "power", "literature", "unknown")
PAGES = (
    "/",
    "/states",
    "/organisations",
    "/pairs",
    "/search?q=kazakh",
    "/states/KAZ",
    *(f"/states/KAZ/{part}" for part in PARTS),
    "/states/TUV",
    "/states/TWN",
    "/pairs/KAZ-TUR",
    "/pairs/KAZ-TUR/timeline",
    "/pairs/KAZ-TUR/trade",
    "/organisations/SCO",
    "/organisations/SCO/decisions",
    "/organisations/EU",
    "/votes",
    "/compare?states=KAZ,UZB,TKM",
    "/documents",
    "/documents/001",
    "/documents/review",
    "/documents/agreement",
    "/documents/contradictions",
    "/documents/search?words=agreement",
    "/documents/timeline",
    "/documents/export",
    "/claims",
    "/claims/000-C01",
    "/measures",
    "/measures/kappa",
    "/measures/splits",
    "/measures/multivector_index",
    "/data",
    "/data/citations",
    "/data/verification",
    "/data/memberships",
    "/nothing",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served")
    file = folder / "001_a.txt"
    file.write_text(FACTS, encoding="utf-8")
    Workspace(folder / "study").archive.add([file])
    with real.serving(folder / "study") as (address, _):
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as play:
        made = play.chromium.launch(executable_path=real.CHROMIUM, args=real.ARGUMENTS)
        yield made
        made.close()


@contextmanager
def opened(chromium: Any, home: str, **options: Any) -> Iterator[tuple[Any, real.Seen]]:
    """Give a page of a new context, and what it did that it should not have done."""
    context = chromium.new_context(**{"viewport": LIGHT, "accept_downloads": True, **options})
    source = options.get("java_script_enabled", True) and real.axe()
    if source:
        context.add_init_script(source)
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    try:
        yield page, real.watched(page, home)
    finally:
        context.close()


@pytest.fixture(scope="module")
def walker(chromium: Any, home: str) -> Iterator[tuple[Any, real.Seen]]:
    """One context for all pages, as a person has it."""
    with opened(chromium, home) as made:
        yield made


@pytest.fixture
def seat(chromium: Any, home: str) -> Iterator[tuple[Any, real.Seen]]:
    with opened(chromium, home) as made:
        yield made


def heads(page: Any) -> list[int]:
    script = (
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')]"
        ".filter(h => h.checkVisibility()).map(h => +h.tagName[1])"
    )
    return list(page.evaluate(script))


def sideways(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def pictures(page: Any) -> list[str]:
    """Draw every chart, also those below; return those that are not there."""
    script = """async () => {
      const all = [...document.images];
      for (const one of all) one.loading = 'eager';
      await Promise.all(all.map(one => one.complete || new Promise(done => {
        one.addEventListener('load', done); one.addEventListener('error', done); })));
      return all.filter(one => !one.naturalWidth).map(one => one.currentSrc);
    }"""
    return list(page.evaluate(script))


# --- every page


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_whole_at_both_widths_and_themes(
    walker: tuple[Any, real.Seen], home: str, path: str
) -> None:
    page, seen = walker
    page.set_viewport_size(LIGHT)
    page.emulate_media(color_scheme="light")
    answer = page.goto(home + path)
    assert answer.status == (404 if path == "/nothing" else 200)
    assert pictures(page) == []
    levels = heads(page)
    assert levels[:1] == [1]
    assert levels.count(1) == 1
    assert all(next_ <= level + 1 for level, next_ in pairwise(levels))
    assert sideways(page) <= 0
    faults = [f"1440 light: {fault}" for fault in axed(page)]
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(SMALL)
    assert sideways(page) <= 0
    faults += [f"390 dark: {fault}" for fault in axed(page)]
    if path == "/nothing":
        assert all("404" in each for each in seen.take())
    assert faults + seen.take() == []


def test_a_pointer_over_a_chart_says_the_values_there(
    seat: tuple[Any, real.Seen], home: str
) -> None:
    page, seen = seat
    for path, told in (("/states/KAZ/trade", r": \d"), ("/states/KAZ/votes", r"^\d{4}\n.+: −?\d")):
        page.goto(home + path)
        page.locator("figure picture img").last.hover()
        svg = page.locator("figure svg[role=img]").last
        svg.locator("[data-value]").first.hover(force=True)
        tip = page.locator("output.tip")
        tip.wait_for(state="visible")
        assert re.search(told, tip.text_content(), re.MULTILINE), tip.text_content()
        assert page.locator("figure svg title").count() == 0
    assert seen.take() == []


def test_every_address_is_opened_here() -> None:
    from multivector.web import pages

    elsewhere = {"/data/imports/{job}", "/data/releases/{release}"}
    for route in pages.ROUTES:
        form = re.compile(re.sub(r"\{[^}]*\}", "[^/]+", route.path))
        seen = any(form.fullmatch(path.split("?")[0]) for path in PAGES)
        assert seen or route.path in elsewhere or route.path.endswith("/report"), route.path


def axed(page: Any) -> list[str]:
    return [] if real.axe() is None else real.serious(page)


def test_axe_finds_what_is_wrong(seat: tuple[Any, real.Seen], home: str) -> None:
    if real.axe() is None:
        pytest.skip("axe-playwright-python is not installed here")
    page, _ = seat
    page.emulate_media(color_scheme="light")
    page.goto(f"{home}/pairs")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x.png>')"
    )
    assert any(fault.startswith("image-alt (critical)") for fault in real.serious(page))
    page.evaluate("document.querySelector('h1').style.color = '#eee'")
    assert any(fault.startswith("color-contrast") for fault in real.serious(page))


@pytest.mark.parametrize(
    ("language", "words"),
    [("tr", "Oylamalar"), ("ru", "Голосования"), ("kk", "Дауыс")],
)
def test_the_language_can_be_switched(
    seat: tuple[Any, real.Seen], home: str, language: str, words: str
) -> None:
    page, seen = seat
    page.goto(f"{home}/states/KAZ/votes")
    english = page.locator("h2").all_inner_texts()
    page.click(f".tongues a[lang={language}]")
    page.wait_for_url(f"**lang={language}*")
    assert page.get_attribute("html", "lang") == language
    assert set(page.locator("h2").all_inner_texts()).isdisjoint(english)
    assert words in page.inner_text("nav.menu")
    page.goto(f"{home}/measures")
    assert page.get_attribute("html", "lang") == language
    assert seen.take() == []


# --- forms


def test_the_number_changes_with_the_poles(seat: tuple[Any, real.Seen], home: str) -> None:
    page, seen = seat
    page.goto(f"{home}/votes")
    first = page.inner_text("#number")
    page.fill("#f-poles", "USA,RUS")
    page.click("form.ask button")
    page.wait_for_url("**poles=USA*")
    second = page.inner_text("#number")
    page.fill("#f-years", "1992:2000")
    page.click("form.ask button")
    page.wait_for_url("**years=1992*")
    third = page.inner_text("#number")
    assert len({first, second, third}) == 3
    assert page.input_value("#f-poles") == "USA,RUS"
    page.select_option("#f-absent", "yes")
    page.wait_for_selector(".gap")
    assert "data add" in page.inner_text(".gap")
    page.fill("#f-poles", "USA,Atlantis")
    page.click("form.ask button")
    page.wait_for_selector(".wrong")
    assert "Atlantis" in page.inner_text(".wrong")
    assert all("404" in fault for fault in seen.take())


def test_states_are_compared_by_the_form(seat: tuple[Any, real.Seen], home: str) -> None:
    page, seen = seat
    page.goto(f"{home}/compare")
    page.fill("#f-states", "Kazakhstan, Uzbekistan")
    page.click("form.ask > button")
    page.wait_for_url("**states=Kazakhstan*")
    rows = page.locator("#index tbody tr, #index tbody th").all_inner_texts()
    assert any("Uzbekistan" in row for row in rows)
    assert seen.take() == []


def test_a_measure_answers_its_form(seat: tuple[Any, real.Seen], home: str) -> None:
    page, seen = seat
    page.goto(f"{home}/measures/agreement")
    page.fill("#f-state", "KAZ")
    page.fill("#f-partner", "TUR")
    page.fill("#f-years", "2019:2021")
    page.click("form.ask button")
    page.wait_for_url("**partner=TUR*")
    assert page.locator("#rows tbody tr").count() == 3
    with page.expect_download() as sent:
        page.locator("#rows .get a", has_text="CSV").first.click()
    lines = Path(sent.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    assert seen.take() == []


def test_the_slash_searches_from_anywhere(seat: tuple[Any, real.Seen], home: str) -> None:
    page, seen = seat
    page.goto(f"{home}/measures")
    page.keyboard.press("/")
    page.keyboard.type("Казахстан")
    page.keyboard.press("Enter")
    page.wait_for_url("**/states/KAZ")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    assert seen.take() == []


def test_the_map_and_the_filter(seat: tuple[Any, real.Seen], home: str) -> None:
    page, seen = seat
    page.goto(home)
    assert page.locator("figure img").count() >= 1
    page.fill("input[data-filter]", "Mong")
    shown = [row for row in page.locator("tbody tr").all() if row.is_visible()]
    assert len(shown) <= 2
    assert seen.take() == []


# --- documents and data


def test_a_document_is_sent_reviewed_by_keys_exported_and_found(
    seat: tuple[Any, real.Seen], home: str, tmp_path: Path
) -> None:
    page, seen = seat
    file = tmp_path / "visit.txt"
    file.write_text(
        "Kazakhstan and Mongolia signed a «zeppelin treaty» on 3 May 2011 in Almaty.\n\n"
        "Kazakhstan joined the CSTO in 1994.\n",
        encoding="utf-8",
    )
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 nothing")
    page.goto(f"{home}/documents")
    page.set_input_files("#files", [file, broken])
    page.click("#send button")
    page.wait_for_selector("#outcomes .added")
    page.wait_for_selector("#outcomes .failed")
    assert "damaged PDF" in page.inner_text("#outcomes .failed")
    page.click("#outcomes .added a")
    assert "zeppelin" in page.inner_text("main")
    doc = page.url.rsplit("/", 1)[1]
    waiting = page.goto(f"{home}/documents/review?doc={doc}") and page.inner_text("p[role=status]")
    page.fill("#f-by", "ada")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.wait_for_url("**after=*")
    assert page.inner_text("p[role=status]") != waiting
    assert page.input_value("#f-by") == "ada"
    before = page.url
    page.keyboard.press("r")
    page.wait_for_url(lambda at: at != before)
    page.goto(f"{home}/documents/{doc}")
    told = page.inner_text("main")
    assert "accepted by ada" in told
    assert "rejected by ada" in told
    with page.expect_download() as sent:
        page.evaluate(f"location.href = '/documents/export?to=jsonl&doc={doc}'")
    lines = Path(sent.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines
    assert all(json.loads(line)["doc"] == doc for line in lines)
    page.goto(f"{home}/documents/search?words=zeppelin")
    assert "zeppelin" in page.inner_text("main mark")
    assert seen.take() == []


def test_a_data_set_is_added_in_the_browser(seat: tuple[Any, real.Seen], home: str) -> None:
    page, seen = seat
    page.goto(f"{home}/data")
    page.set_input_files("#file", SPECIMENS / "lowy-2019.csv")
    page.check("input[name=extract]")
    page.click("form.upload button")
    page.wait_for_selector("a[href^='/data/releases/lowy']")
    page.click("a[href^='/data/releases/lowy']")
    assert "lowy" in page.inner_text("h1, .kicker")
    page.goto(f"{home}/data")
    assert "lowy" in page.inner_text("main")
    assert seen.take() == []


def test_nothing_of_a_document_or_a_name_runs(
    seat: tuple[Any, real.Seen], home: str, tmp_path: Path
) -> None:
    page, seen = seat
    text = (
        "<script>alert(1)</script><svg onload=alert(2)><img src=x onerror=alert(3)>"
        "<a href='javascript:alert(4)'>x</a> Kazakhstan joined the CSTO in 1994."
    )
    names = ["<img src=x onerror=alert(5)>.txt", "=HYPERLINK(1).md", "page.html", "drawing.svg"]
    for name in names:
        (tmp_path / name).write_text(text, encoding="utf-8")
    page.goto(f"{home}/documents")
    page.set_input_files("#files", [tmp_path / name for name in names])
    page.click("#send button")
    page.wait_for_selector("#outcomes li:nth-child(4)[class]")
    for link in page.locator("#outcomes a").all():
        address = link.get_attribute("href")
        with page.context.expect_page() as other:
            page.evaluate("at => window.open(at, '_blank', 'noopener')", address)
        opened_here = real.watched(other.value, home)
        other.value.wait_for_load_state()
        assert other.value.locator("main script, main svg, main [onload]").count() == 0
        assert opened_here.take() == []
        other.value.close()
    page.goto(f"{home}/search?q=<script>alert(6)</script>")
    page.goto(f"{home}/documents/review?by=<svg onload=alert(7)>")
    assert seen.take() == []


def test_everything_works_without_script(chromium: Any, home: str, tmp_path: Path) -> None:
    file = tmp_path / "plain.txt"
    file.write_text("Kazakhstan joined the CSTO in 1994. Trade reached 4 billion dollars.\n")
    with opened(chromium, home, java_script_enabled=False) as (page, seen):
        page.goto(f"{home}/documents")
        page.set_input_files("#files", file)
        page.click("#send button")
        assert "plain.txt" in page.inner_text("#outcomes .added")
        page.goto(f"{home}/documents/review?doc=plain")
        page.fill("#f-by", "bo")
        page.click("button[value=accept]")
        assert re.search(r"1 .*\b2 ", page.inner_text("p[role=status]"))
        page.goto(f"{home}/votes")
        page.fill("#f-poles", "USA,CHN")
        page.click("form.ask button")
        assert "poles=USA" in page.url
        page.fill("#q", "Türkiye")
        page.click(".find button")
        assert page.url.endswith("/states/TUR")
        assert seen.take() == []


# --- paper


def test_a_report_can_be_saved_from_a_page(seat: tuple[Any, real.Seen], home: str) -> None:
    page, seen = seat
    page.goto(f"{home}/states/TUV")
    with page.expect_download() as sent:
        page.click("a[href='/states/TUV/report?to=docx']")
    assert sent.value.suggested_filename.endswith(".docx")
    assert Path(sent.value.path()).read_bytes().startswith(b"PK")
    assert seen.take() == []


def test_what_is_folded_is_printed(seat: tuple[Any, real.Seen], home: str) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    page, seen = seat
    page.goto(f"{home}/states/KAZ/votes")
    folded = page.locator("details summary").all_inner_texts()
    assert folded
    hidden = page.evaluate(
        "[...document.querySelectorAll('details')].map("
        "d => d.querySelector('td, li, code')?.textContent.trim() ?? '')"
    )
    printed = pdfium.PdfDocument(page.pdf(format="A4"))
    text = "".join("".join(sheet.get_textpage().get_text_range().split()) for sheet in printed)
    for words in filter(None, hidden):
        assert "".join(words.split())[:20] in text
    assert "multivectorsplits" in text or "multivectorreport" in text
    assert "Find" not in text.split("Kazakhstan")[0]
    printed.close()
    assert seen.take() == []
