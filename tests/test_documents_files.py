"""Files: every kind is read, every bad one ends in one clear line, repairs keep positions."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multivector.documents.library.archive import Library
from multivector.documents.text.diacritics import without_torn_letters
from multivector.documents.text.files import decoded, doc_name, document_of, files_in, read_document
from multivector.documents.text.layers import Layer
from multivector.documents.text.markup import without_markup
from multivector.documents.text.paragraphs import joined_lines
from multivector.documents.text.repair import lookalikes_left, repaired
from multivector.documents.text.segment import blocks_of, sentences_of
from multivector.errors import UnreadableFile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def member(name: str) -> zipfile.ZipInfo:
    """Return an entry of an archive with a fixed date: by name alone it would hold the clock."""
    made = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def archived(**parts: str | bytes) -> bytes:
    """Return a ZIP archive that is the same whenever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(member(name), data)
    return buffer.getvalue()


def docx(body: str, notes: str = "", **extra: bytes) -> bytes:
    parts: dict[str, str | bytes] = {
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"
    }
    if notes:
        parts["word/footnotes.xml"] = f"<w:footnotes {W}>{notes}</w:footnotes>"
    return archived(**parts, **extra)


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf(text: str) -> bytes:
    """Return a one-page PDF that shows ``text``; an empty one is a scan."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start


def test_docx_gives_paragraphs_tables_and_footnotes() -> None:
    table = "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>".format(
        paragraph("Year"), paragraph("2001")
    )
    note = '<w:footnote w:id="1">' + paragraph("A note.") + "</w:footnote>"
    source = document_of(docx(paragraph("Text.") + table, note), "a.docx")
    assert source.media == "docx"
    assert source.text == "Text.\n\nYear\t2001\n\n[^1]: A note."


def test_pdf_gives_text() -> None:
    pytest.importorskip("pypdfium2")
    words = "Kazakhstan signed the agreement in Astana in 2001 and joined the organisation."
    source = document_of(pdf(words), "a.pdf")
    assert source.media == "pdf"
    assert words in source.text


def test_html_keeps_what_a_reader_sees_and_positions() -> None:
    page = (
        "<!doctype html><html><head><title>x</title><style>p{}</style></head><body>"
        "<nav>Menu</nav><h1>Head</h1><p>Visit<sup>1</sup> to &Ccedil;in &amp; Rusya.</p>"
        "<script>alert('<p>no</p>')</script><div style='display:none'>hidden</div>"
        "<!-- gone --><table><tr><td>a</td><td>1</td></tr></table></body></html>"
    )
    layer = repaired(document_of(page.encode(), "a.html"))
    assert "Visit to Çin & Rusya." in layer.text
    for word in ("Menu", "alert", "hidden", "gone", "p{}"):
        assert word not in layer.text
    at = layer.text.index("Çin")
    start, end = layer.span(at, at + 3)
    assert page[start:end] == "&Ccedil;in"


@pytest.mark.parametrize("shape", ["<div>" * 20_000, "<" * 50_000, "<p a='" * 5_000, "&" * 50_000])
def test_hostile_html_ends(shape: str) -> None:
    text = f"<html><body><p>Kept words here.</p>{shape}"
    assert "Kept words here." in without_markup(Layer.of(text), "html").text


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "a.txt", "is empty"),
        (b" \n\t ", "a.txt", "is empty"),
        (b"12345 67", "a.txt", "holds no letters"),
        (b"\x89PNG\r\n", "a.txt", "PNG"),
        (b"\xd0\xcf\x11\xe0rest", "a.docx", "encrypted"),
        (b"PK\x03\x04broken", "a.docx", "damaged DOCX"),
        (b"\x00\x01\x02\x03" * 300, "a.txt", "binary"),
        (docx("")[:80], "a.docx", "damaged DOCX"),
        (docx(""), "a.docx", "holds no text"),
    ],
)
def test_bad_files_say_why(data: bytes, name: str, told: str) -> None:
    with pytest.raises(UnreadableFile, match=told):
        document_of(data, name)


def test_bad_pdfs_say_why() -> None:
    pytest.importorskip("pypdfium2")
    with pytest.raises(UnreadableFile, match="damaged PDF"):
        document_of(b"%PDF-1.4 nothing", "a.pdf")
    with pytest.raises(UnreadableFile, match="scan"):
        document_of(pdf(""), "a.pdf")


def encrypted_pdf(password: bytes) -> bytes:
    """Return a PDF that asks for a password: the standard handler, RC4 with 40 bits."""
    from hashlib import md5

    def rc4(key: bytes, data: bytes) -> bytes:
        box, j, i, out = list(range(256)), 0, 0, bytearray()
        for at in range(256):
            j = (j + box[at] + key[at % len(key)]) % 256
            box[at], box[j] = box[j], box[at]
        j = 0
        for byte in data:
            i = (i + 1) % 256
            j = (j + box[i]) % 256
            box[i], box[j] = box[j], box[i]
            out.append(byte ^ box[(box[i] + box[j]) % 256])
        return bytes(out)

    padding = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
    padded, name = (password + padding)[:32], bytes(16)
    owner = rc4(md5(padded).digest()[:5], padded)
    key = md5(padded + owner + b"\xfc\xff\xff\xff" + name).digest()[:5]
    user = rc4(key, padding)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>",
        b"<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>"
        % (owner.hex().encode(), user.hex().encode()),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    told = b"<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<%s><%s>]>>" % ((name.hex().encode(),) * 2)
    return out + b"xref\n0 5\n0000000000 65535 f \n%strailer\n%s\nstartxref\n%d\n%%%%EOF" % (
        table, told, len(out)
    )  # fmt: skip


def test_encrypted_pdfs_say_so() -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    locked = encrypted_pdf(b"secret")
    with pytest.raises(UnreadableFile, match="is encrypted; expected a PDF without a password"):
        document_of(locked, "a.pdf")
    opened = pypdfium2.PdfDocument(locked, password="secret")
    assert len(opened) == 1
    opened.close()


def test_a_zip_without_a_document_and_a_bomb() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(UnreadableFile, match="no Word document"):
        document_of(buffer.getvalue(), "a.docx")
    with pytest.raises(UnreadableFile, match="unpacks to"):
        document_of(docx(" " * 60_000_000), "a.docx")
    entity = f'<!DOCTYPE x [<!ENTITY a "b">]><w:document {W}/>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", entity)
    with pytest.raises(UnreadableFile, match="forbidden"):
        document_of(buffer.getvalue(), "a.docx")


def mutated(data: bytes, at: int, by: bytes) -> bytes:
    return data[:at] + by + data[at + len(by) :]


def with_method(method: int) -> bytes:
    """Return a DOCX whose first part claims another way of packing than it has."""
    data = docx(paragraph("Kazakhstan joined the OSCE. " * 40))
    central = data.index(b"PK\x01\x02")
    packed = method.to_bytes(2, "little")
    return mutated(mutated(data, 8, packed), central + 10, packed)


def in_encoding(declared: str) -> bytes:
    text = f'<?xml version="1.0" encoding="{declared}"?><w:document {W}/>'
    return archived(**{"word/document.xml": text})


DAMAGED = {
    "deflate": mutated(docx(paragraph("Kazakhstan " * 90)), 60, b"\xff\x00\xff\x77"),
    "bzip2": with_method(12),
    "lzma": with_method(14),
    "unknown packing": with_method(99),
    "no such encoding": in_encoding("martian"),
    "shift_jis": in_encoding("shift_jis"),
    "utf-32": in_encoding("utf-32"),
    "cut short": docx(paragraph("Kazakhstan " * 90))[:-40],
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_docx_says_so(what: str) -> None:
    with pytest.raises(UnreadableFile, match=r"damaged|no text"):
        document_of(DAMAGED[what], "report.docx")


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_mutated_file_is_read_or_unreadable(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([*DAMAGED.values(), docx(paragraph("A b")), pdf("Good day")]))
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.integers(0, 40))
    changed = whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + cut :]
    with suppress(UnreadableFile):
        assert document_of(changed, "report.docx").text


def test_bad_files_end_no_run(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for name, data in DAMAGED.items():
        (files / f"{name}.docx").write_bytes(data)
    (files / "a-good.docx").write_bytes(docx(paragraph("Kazakhstan joined the OSCE in 1992.")))
    (files / "z-good.txt").write_text("Kazakhstan joined the OSCE in 1992.")
    outcomes = Library(tmp_path / "study").add([files], jobs=1)
    assert [Path(o.file).stem for o in outcomes if o.status == "added"] == ["a-good", "z-good"]
    assert all("expected" in o.message for o in outcomes if o.status == "failed")


def test_a_rule_that_fails_ends_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise IndexError("no such group")

    monkeypatch.setattr("multivector.documents.rules.reading.read", broken)
    (tmp_path / "a.txt").write_text("Kazakhstan joined the OSCE in 1992.")
    [outcome] = Library(tmp_path / "study").add([tmp_path / "a.txt"])
    assert outcome.status == "failed"
    assert "a.txt cannot be coded (IndexError: no such group)" in outcome.message


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(docx(paragraph("A Word file.")))
    assert read_document(path).media == "docx"
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        read_document(tmp_path / "absent.txt")
    assert [file.name for file in files_in([tmp_path])] == ["report.pdf"]
    assert doc_name("1234_x.txt") == "1234_x"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Türkiye ile Kazakistan arasında anlaşma imzalandı", "cp1254"),
        ("Казахстан и Россия подписали договор", "cp1251"),
        ("Казахстан и Россия подписали договор", "koi8-r"),
        ("Şanghay İşbirliği Örgütü", "utf-16"),
        ("Şanghay İşbirliği Örgütü", "utf-8-sig"),
    ],
)
def test_any_encoding(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding))[0].lstrip("\ufeff") == text


def test_mixed_encodings_are_read_piece_by_piece() -> None:
    data = "Türkiye ve Çin, İran ve Mısır".encode() + "; şöyle".encode("cp1254")
    text, remarks = decoded(data)
    assert text == "Türkiye ve Çin, İran ve Mısır; şöyle"
    assert remarks


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab \n-*<>/&;#sup1ığКо\t|.", max_size=200))
def test_repairs_never_lose_their_place(text: str) -> None:
    layer = repaired(document_of(("Aa " + text).encode(), "a.txt"))
    assert len(layer.text) == len(layer.starts) == len(layer.ends)
    for at in range(len(layer.text)):
        low, high = layer.span(at, at + 1)
        assert 0 <= low <= high <= len(text) + 3
    assert list(layer.starts) == sorted(layer.starts)


def test_lookalikes_go_and_russian_stays() -> None:
    raw = "Türkiye ve Kаzаkistаn аrаsındа. Русский текст остаётся: Россия."
    layer = repaired(document_of(raw.encode(), "a.txt"))
    assert layer.text == "Türkiye ve Kazakistan arasında. Русский текст остаётся: Россия."
    assert lookalikes_left(layer.text) == 0


def test_torn_letters_are_put_back_and_english_is_left_alone() -> None:
    pytest.importorskip("wordfreq")
    torn = "Bag ımsızlıg ının ardından u lke ku resel gu ven ve o nemli bir do nem ic inde. " * 6
    english = "Countries following a policy seeking to go on do so to form a union."
    text = without_torn_letters(Layer.of(f"{torn}\n\n{english}")).text
    assert "Bağımsızlığının ardından ülke küresel güven ve önemli bir dönem" in text
    assert english in text


@pytest.mark.shared
def test_repair_of_a_damaged_text_has_few_wrong_words(shared: Path) -> None:
    """Damage as one PDF writer makes it, on clean text: under 0.2 % of the words come out wrong."""
    import difflib
    import re

    pytest.importorskip("wordfreq")
    paper = next((shared / "papers").glob("002_*"))
    whole = repaired(read_document(paper))
    assert lookalikes_left(whole.text) == 0
    text = whole.text[whole.text.index("GİRİŞ") : whole.text.index("EXTENDED")]
    clean = re.sub(r"[ \t]+", " ", text)
    base = dict(zip("üöğÜÖĞİ", "uogUOGİ", strict=True))
    damaged = re.sub("[üöğÜÖĞİ]", lambda found: base[found[0]] + " ", clean)
    words, mended = clean.split(), without_torn_letters(Layer.of(damaged)).text.split()
    match = difflib.SequenceMatcher(None, words, mended, autojunk=False)
    wrong = sum(max(b - a, d - c) for tag, a, b, c, d in match.get_opcodes() if tag != "equal")
    assert wrong < 0.002 * len(words)


def test_paragraphs_are_joined_over_pages_and_words_over_lines() -> None:
    lines = (
        "The first wave of regional insti-\ntutions was post-\nSoviet and ended in the mid-\n1990s."
    )
    text = joined_lines(Layer.of(lines)).text
    assert text == (
        "The first wave of regional institutions was post-Soviet and ended in the mid-1990s."
    )


def test_blocks_without_statements_are_told_apart() -> None:
    text = "\n\n".join(
        [
            "ABSTRACT",
            "The states signed a treaty and they met in the capital of the country.",
            "1. Introduction",
            ("Body text that is long enough to be told to be English, by the way."),
            "Table 1. Students",
            "Year Male Female Total",
            "2001 1 2 3",
            "2002 2 3 5",
            "REFERENCES",
            "Smith, A. (2001). A book. London.",
            "Kaya, B. (2002). Bir kitap. Ankara.",
        ]
    )
    kinds = [block.kind for block in blocks_of(text)]
    assert kinds[1] == "abstract"
    assert kinds[3] == "body"
    assert kinds.count("table") == 2
    assert kinds[-2:] == ["bibliography", "bibliography"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("N. Nazarbayev 9. Zirvesi için geldi. Anlaşma imzalandı.", 2),
        ("It met in the U.S. Senate. Mr. Smith left at 5 p.m. on Monday.", 2),
        ("В 1991 г. страна стала независимой. Это было важно.", 2),
        ("1991 ж. тәуелсіздік алды. Бұл маңызды.", 2),
        ("Kaplan vd. 2005 yılında yazdı (s. 8). Sonra bitti.", 2),
        ("It grew by 3.5 per cent. Trade fell.", 2),
        ("Oran Çin ile olmuştur.2014-2021 yılları arasında arttı.", 2),
    ],
)
def test_sentences(text: str, number: int) -> None:
    assert len(sentences_of(text)) == number
