"""Uploads: what is refused and why, and that nothing is lost or leaked."""

from io import BytesIO
from typing import Any

import pytest

from app.core.errors import StorageFull
from app.core.files import FileStore
from app.core.pdf_gate import ADVICE

SLOT = "/cases/{}/open-lesson-proof"


def version_on(page: str) -> str:
    """The version that the page's form carries."""
    return page.split('name="version" value="')[1].split('"')[0]


def send(client: Any, case_id: int, data: bytes, name: str = "公開授課.pdf", version: str = "0") -> Any:
    return client.submit(
        SLOT.format(case_id), {"version": version, "file": (BytesIO(data), name)}, follow_redirects=True
    )


def test_upload_name_download_remove_and_again(visit: Any, drafting: int, county: Any) -> None:
    teacher = visit("teacher")
    page = teacher.get(SLOT.format(drafting)).text
    assert "限制PDF，檔案限制 2MB，附件總數為一個檔案" in page and "/tutorials/save-as-pdf-word" in page
    done = send(teacher, drafting, county.pdf)
    assert "文件名稱：公開授課.pdf" in done.text
    file = teacher.get(SLOT.format(drafting) + "/file")
    assert file.data == county.pdf
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert teacher.get(SLOT.format(drafting) + "/file/1").mimetype == "image/jpeg"
    for path in ("/file", "/file/1"):
        assert visit("other").get(SLOT.format(drafting) + path).status_code == 404
    gone = teacher.submit(
        SLOT.format(drafting) + "/remove", {"version": version_on(done.text)}, follow_redirects=True
    )
    assert "文件名稱" not in gone.text and "您可以上傳另一個檔案" in gone.text
    again = send(teacher, drafting, county.pdf, version=version_on(gone.text))
    assert "文件名稱：公開授課.pdf" in again.text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 a Word file renamed", "not_pdf"),
        (b"%PDF-1.7\n" + b"x" * 500, "truncated"),
        (b"%PDF-1.7\n" + b"x" * 300_000, "too_large"),
        (b"", "empty"),
    ],
)
def test_refusals_say_what_to_do(
    visit: Any, drafting: int, county: Any, data: bytes, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Smaller than the real limit, so that the test's own client needs no file on disk.
    monkeypatch.setitem(county.app.config, "UPLOAD_LIMIT", 200_000)
    teacher = visit("teacher")
    teacher.get("/lang/en")
    answer = send(teacher, drafting, data)
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text and str(ADVICE[code]) in answer.text
    assert "Complete</span>" not in teacher.get(f"/cases/{drafting}/").text


def test_no_file_chosen(visit: Any, drafting: int) -> None:
    answer = visit("teacher").submit(SLOT.format(drafting), {"version": "0"})
    assert answer.status_code == 422 and "請先選擇 PDF 檔。" in answer.text


def test_full_disk_is_said_and_the_old_file_stays(
    visit: Any, drafting: int, county: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = visit("teacher")
    first = send(teacher, drafting, county.pdf, "first.pdf")

    def full(_store: FileStore, _data: bytes) -> None:
        raise StorageFull("硬碟已滿，請稍後再試。", code="storage_full")

    monkeypatch.setattr(FileStore, "put", full)
    answer = send(teacher, drafting, county.pdf, "second.pdf", version=version_on(first.text))
    assert answer.status_code == 507 and "硬碟已滿" in answer.text
    assert "first.pdf" in answer.text and "second.pdf" not in answer.text


def test_two_tabs_one_after_the_other(visit: Any, drafting: int, county: Any) -> None:
    teacher = visit("teacher")
    send(teacher, drafting, county.pdf, "first.pdf")
    late = send(teacher, drafting, county.pdf, "second.pdf", version="0")
    assert late.status_code == 409 and "first.pdf" in late.text


def test_blanks_carry_the_name(visit: Any, drafting: int) -> None:
    import docx

    teacher = visit("teacher")
    word = teacher.get(SLOT.format(drafting) + "/blank.docx")
    text = "\n".join(
        cell.text for row in docx.Document(BytesIO(word.data)).tables[0].rows for cell in row.cells
    )
    assert "陳雅雯" in text
    assert teacher.get(SLOT.format(drafting) + "/blank.pdf").data.startswith(b"%PDF-")
    assert teacher.get(f"/cases/{drafting}/observation/blank.pdf").status_code == 404
