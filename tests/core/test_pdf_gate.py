"""Made samples of everything that must come in and everything that must stay out."""

import io
import re
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

from app.core import pdf, pdf_gate
from app.core.errors import NotFound
from app.core.pdf_gate import ADVICE, GateResult, check_pdf, page_picture


def saved(document: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


def blank(pages: int = 1) -> pikepdf.Pdf:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    return document


def made(change: Callable[[pikepdf.Pdf], None]) -> bytes:
    document = blank()
    change(document)
    return saved(document)


def link(document: pikepdf.Pdf, action: Dictionary) -> None:
    """A link whose action lies directly inside it: a walk over indirect objects alone does not look there."""
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)
    document.pages[0].obj.Annots = Array([note])


def root(**entries: object) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        for key, value in entries.items():
            document.Root[f"/{key}"] = value

    return made(change)


def attached() -> bytes:
    document = blank()
    document.attachments["a.exe"] = pikepdf.AttachedFileSpec(document, b"MZ", filename="a.exe")
    return saved(document)


def bomb() -> bytes:
    """Less than 2 MB that would unpack to more than the child may use, as the content of page 1."""
    packer = zlib.compressobj(9)
    zeros = b"\n" * 1_048_576
    packed = b"".join(packer.compress(zeros) for _ in range(1_000)) + packer.flush()

    def change(document: pikepdf.Pdf) -> None:
        stream = Stream(document, b"")
        stream.write(packed, filter=Name.FlateDecode)
        document.pages[0].obj.Contents = document.make_indirect(stream)

    return made(change)


def deep() -> bytes:
    thing = Array([])
    for _ in range(200):
        thing = Array([thing])
    return root(PieceInfo=thing)


CLEAN = saved(blank())
JAVASCRIPT = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
LAUNCH = Dictionary(S=Name.Launch, F=String("calc.exe"))
WEB = Dictionary(S=Name.URI, URI=String("https://example.org/"))


def owner() -> bytes:
    return saved(blank(), encryption=pikepdf.Encryption(owner="secret", user=""))


def user() -> bytes:
    return saved(blank(), encryption=pikepdf.Encryption(owner="secret", user="open"))


REFUSED = {
    "empty": ("empty", b""),
    "too large": ("too_large", CLEAN + b" " * (2 * 1024 * 1024)),
    "picture": ("not_pdf", b"\x89PNG\r\n\x1a\n" + CLEAN),
    "page of the web before": ("not_pdf", b"<html><script>1</script></html>\n" + CLEAN),
    "cut in half": ("truncated", CLEAN[: len(CLEAN) // 2]),
    "archive behind": ("damaged", CLEAN + b"PK\x03\x04" + b"z" * 40),
    "end mark only": ("damaged", b"%PDF-1.7\n" + b"x" * 400 + b"\n%%EOF"),
    "middle lost": ("damaged", CLEAN[:120] + CLEAN[200:]),
    "table of contents lost": ("damaged", re.sub(rb"startxref\n\d+", b"startxref\n7", CLEAN)),
    "no pages": ("damaged", saved(pikepdf.new())),
    "too deep": ("damaged", deep()),
    "user password": ("encrypted", user()),
    "owner password": ("encrypted", owner()),
    "51 pages": ("too_many_pages", saved(blank(51))),
    "script at start": ("active_content", root(OpenAction=JAVASCRIPT)),
    "launch at start": ("active_content", root(OpenAction=LAUNCH)),
    "print at start": ("active_content", root(OpenAction=Dictionary(S=Name.Named, N=Name.Print))),
    "named scripts": ("active_content", root(Names=Dictionary(JavaScript=Dictionary(Names=Array([]))))),
    "launch after a link": (
        "active_content",
        made(lambda d: link(d, Dictionary(S=Name.URI, URI=String("https://a.example/"), Next=LAUNCH))),
    ),
    "link that is a script": (
        "active_content",
        made(lambda d: link(d, Dictionary(S=Name.URI, URI=String(" JavaScript:alert(1)")))),
    ),
    "other file": (
        "active_content",
        made(lambda d: link(d, Dictionary(S=Name.GoToR, F=String("x.pdf"), D=Array([0, Name.Fit])))),
    ),
    "form that sends": (
        "active_content",
        made(lambda d: link(d, Dictionary(S=Name.SubmitForm, F=String("https://a.example/")))),
    ),
    "page that acts": (
        "active_content",
        made(lambda d: d.pages[0].obj.__setitem__("/AA", Dictionary(O=Dictionary(S=Name.GoTo)))),
    ),
    "XFA form": ("active_content", root(AcroForm=Dictionary(Fields=Array([]), XFA=String("<xdp/>")))),
    "rich media": (
        "active_content",
        made(
            lambda d: d.pages[0].obj.__setitem__(
                "/Annots", Array([Dictionary(Subtype=Name.RichMedia, Rect=[0, 0, 1, 1])])
            )
        ),
    ),
    "paper clip": (
        "attachment",
        made(
            lambda d: d.pages[0].obj.__setitem__(
                "/Annots", Array([Dictionary(Subtype=Name.FileAttachment, Rect=[0, 0, 1, 1])])
            )
        ),
    ),
    "attached file": ("attachment", attached()),
    "attached file without a type": (
        "attachment",
        root(AF=Array([Dictionary(F=String("a.exe"), EF=Dictionary(F=Dictionary()))])),
    ),
    "list of attached files": (
        "attachment",
        root(Names=Dictionary(EmbeddedFiles=Dictionary(Names=Array([])))),
    ),
    "script behind a reference": (
        "active_content",
        made(lambda d: link(d, d.make_indirect(Dictionary(S=d.make_indirect(Name.JavaScript))))),
    ),
}


@pytest.mark.parametrize("sample", REFUSED)
def test_refused(sample: str) -> None:
    code, data = REFUSED[sample]
    result = check_pdf(data)
    assert (result.code, result.ok) == (code, False), result.detail
    assert code in ADVICE


def scan() -> bytes:
    """What a scanner makes: pages that are nothing but pictures."""
    page = Image.new("L", (1240, 1754), 240)
    out = io.BytesIO()
    page.save(out, "PDF", save_all=True, append_images=[page])
    return out.getvalue()


ACCEPTED = {
    "plain": lambda: CLEAN,
    "50 pages": lambda: saved(blank(50)),
    "starts at a place": lambda: root(OpenAction=Array([0, Name.Fit])),
    "starts by going to a place": lambda: root(
        OpenAction=Dictionary(S=Name.GoTo, D=Array([0, Name.Fit])),
    ),
    "link to the web": lambda: made(lambda d: link(d, WEB)),
    "object streams": lambda: saved(blank(3), object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "linear": lambda: saved(blank(3), linearize=True),
    "white space behind": lambda: CLEAN + b"\r\n\x00\x00 \n",
    "scan": scan,
    "our own": lambda: pdf.render("document", {"title": "觀察紀錄表", "sections": []}),
}


@pytest.mark.parametrize("sample", ACCEPTED)
def test_accepted_with_a_picture_of_page_one(sample: str) -> None:
    data = ACCEPTED[sample]()
    result = check_pdf(data)
    assert (result.code, result.message) == ("ok", ""), result.detail
    assert result.pages == len(pypdfium2.PdfDocument(data))
    for number in (1, result.pages):
        assert max(Image.open(io.BytesIO(page_picture(data, number))).size) == 1754
    with pytest.raises(NotFound):
        page_picture(data, result.pages + 1)


def test_a_bomb_kills_only_the_child() -> None:
    data = bomb()
    with pytest.raises(NotFound):
        page_picture(data, 1)
    assert len(data) < pdf_gate.MAX_BYTES
    # In a process of its own, because the figure is the largest of all children there ever were.
    program = (
        "import resource, sys; from app.core.pdf_gate import check_pdf\n"
        "code = check_pdf(sys.stdin.buffer.read()).code\n"
        "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    repository = Path(__file__).parents[2]
    out = subprocess.run(
        [sys.executable, "-c", program], input=data, capture_output=True, cwd=repository, check=True
    ).stdout
    code, kilobytes = out.split()
    assert code in (b"damaged", b"timeout")
    assert int(kilobytes) < 512 * 1024


def test_child_is_stopped_at_the_wall_clock(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    sleeper = tmp_path / "child.py"
    sleeper.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(pdf_gate, "CHILD", sleeper)
    monkeypatch.setattr(pdf_gate, "WALL_SECONDS", 0.2)
    start = time.monotonic()
    assert check_pdf(CLEAN).code == "timeout"
    assert time.monotonic() - start < 10


def test_child_is_stopped_at_its_processor_time(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    spinner = tmp_path / "child.py"
    spinner.write_text("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass")
    monkeypatch.setattr(pdf_gate, "CHILD", spinner)
    assert check_pdf(CLEAN).code == "timeout"


def test_a_fault_of_the_gate_is_not_blamed_on_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    broken = tmp_path / "child.py"
    broken.write_text("import nothing_of_this_name")
    monkeypatch.setattr(pdf_gate, "CHILD", broken)
    with pytest.raises(RuntimeError, match="nothing_of_this_name"):
        check_pdf(CLEAN)


def test_a_file_without_pages_is_called_so() -> None:
    assert check_pdf(REFUSED["no pages"][1]).detail == "has no pages"


def test_another_limit() -> None:
    assert check_pdf(CLEAN, max_bytes=100).code == "too_large"


def test_advice_is_given_for_each_refusal() -> None:
    assert {code for code, _ in REFUSED.values()} | {"timeout"} == set(ADVICE)
    assert GateResult("ok").message == ""
