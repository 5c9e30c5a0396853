"""The file store: the same bytes once, nothing half written, nothing swept that is wanted."""

import errno
import hashlib
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from app.core.errors import NotFound, StorageFull
from app.core.files import FileStore, StoredBlob, content_disposition


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def files_of(store: FileStore) -> list[Path]:
    return sorted(path for path in store.root.rglob("*") if path.is_file() and path.name != ".lock")


def age(store: FileStore, sha256: str, hours: int) -> None:
    then = time.time() - hours * 3600
    os.utime(store.root / sha256[:2] / sha256[2:4] / sha256, (then, then))


def test_bytes_come_back(store: FileStore) -> None:
    blob = store.put(b"abc")
    assert blob == StoredBlob(hashlib.sha256(b"abc").hexdigest(), 3)
    with store.open(blob.sha256) as file:
        assert file.read() == b"abc"
    assert store.exists(blob.sha256)
    (path,) = files_of(store)
    assert path.relative_to(store.root).parts == (blob.sha256[:2], blob.sha256[2:4], blob.sha256)
    assert stat.S_IMODE(path.stat().st_mode) == 0o440


def test_same_bytes_are_one_file(store: FileStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        blobs = set(pool.map(store.put, [b"same"] * 40))
    assert len(blobs) == 1
    assert len(files_of(store)) == 1


def test_file_cut_short_by_the_disk_is_mended(store: FileStore) -> None:
    blob = store.put(b"whole")
    (path,) = files_of(store)
    path.chmod(0o600)
    path.write_bytes(b"wh")
    store.put(b"whole")
    with store.open(blob.sha256) as file:
        assert file.read() == b"whole"


def test_what_is_missing_is_said(store: FileStore) -> None:
    sha256 = hashlib.sha256(b"never").hexdigest()
    assert not store.exists(sha256)
    store.delete(sha256)
    with pytest.raises(NotFound) as refusal:
        store.open(sha256)
    assert refusal.value.code == "file_missing"


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "/" + "a" * 63]
)
def test_only_sha256_names_reach_the_disk(store: FileStore, name: str) -> None:
    for action in (store.open, store.exists, store.delete):
        with pytest.raises(ValueError, match="not a sha256"):
            action(name)


@pytest.mark.parametrize("step", ["fsync", "rename"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_full_disk_leaves_nothing(
    store: FileStore, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    store.put(b"first")
    # The folder exists, so that the fault hits the file itself.
    sha256 = hashlib.sha256(b"second").hexdigest()
    (store.root / sha256[:2] / sha256[2:4]).mkdir(parents=True)

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, step, fail)
        with pytest.raises(StorageFull) as refusal:
            store.put(b"second")
    assert refusal.value.code == "storage_full"
    assert len(files_of(store)) == 1
    assert store.put(b"second").sha256 == sha256


def test_safe_on_disk_before_it_has_its_name(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    real_fsync, real_rename = os.fsync, os.rename

    def fsync(handle: int) -> None:
        order.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        real_fsync(handle)

    def rename(old: str, new: str) -> None:
        order.append("rename")
        assert Path(old).parent == Path(new).parent
        real_rename(old, new)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    store.put(b"x")
    assert order[-3:] == ["file", "rename", "folder"]


def test_sweeper_takes_old_orphans_only(store: FileStore) -> None:
    wanted, orphan, fresh = (store.put(data).sha256 for data in (b"wanted", b"orphan", b"fresh"))
    left_over = store.root / orphan[:2] / orphan[2:4] / "incoming-crash"
    left_over.write_bytes(b"half")
    for name in (wanted, orphan):
        age(store, name, 30)
    os.utime(left_over, (0, 0))
    assert set(store.sweep({wanted})) == {orphan, "incoming-crash"}
    assert {path.name for path in files_of(store)} == {wanted, fresh}
    assert store.sweep({wanted}) == []
    assert store.sweep(set(), timedelta(0)) != []


def test_sweeper_spares_an_orphan_that_is_put_again(store: FileStore) -> None:
    orphan = store.put(b"again").sha256
    age(store, orphan, 30)
    store.put(b"again")
    assert store.sweep(set()) == []


def test_sweeping_an_empty_store(store: FileStore) -> None:
    assert store.sweep(set()) == []


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
        (
            "證明 1.pdf",
            "attachment; filename=\"_ 1.pdf\"; filename*=UTF-8''%E8%AD%89%E6%98%8E%201.pdf",
        ),
        ('a"\r\nX: 1\\.pdf', "attachment; filename=\"a_X_ 1_.pdf\"; filename*=UTF-8''a___X_%201_.pdf"),
        ("../..", "attachment; filename=\"_\"; filename*=UTF-8''_"),
        ("", "attachment; filename=\"file\"; filename*=UTF-8''file"),
        ("100%.pdf", "attachment; filename=\"100_.pdf\"; filename*=UTF-8''100%25.pdf"),
        ("x\u202efdp.exe", "attachment; filename=\"x_fdp.exe\"; filename*=UTF-8''x_fdp.exe"),
    ],
)
def test_download_header(name: str, header: str) -> None:
    assert content_disposition(name) == header
    header.encode("latin-1")


def test_header_for_looking() -> None:
    assert content_disposition("a.pdf", inline=True).startswith("inline; ")
