"""Immutable files, named by the sha256 of their bytes; a name never comes from a user.

A row that names a file is written after the file is safe on disk, so a crash leaves at most a file without a
row, which the sweeper removes later; never a row without a file.
"""

import fcntl
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from flask_babel import lazy_gettext as _l

from app.core.errors import NotFound, StorageFull

_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_TEMPORARY = "incoming-"


@dataclass(frozen=True)
class StoredBlob:
    """Where the bytes are: `sha256` in hex; `size` in bytes."""

    sha256: str
    size: int


class FileStore:
    """Files below `root`, as `ab/cd/<sha256>`; safe for many threads and processes at once."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    def put(self, data: bytes) -> StoredBlob:
        """Keep `data` safely on disk; the same bytes twice are one file. StorageFull if that fails."""
        blob = StoredBlob(hashlib.sha256(data).hexdigest(), len(data))
        try:
            self._write(self._path(blob.sha256), data)
        except OSError as error:
            raise StorageFull(
                _l("The file could not be stored. Nothing was changed; please try again later."),
                code="storage_full",
            ) from error
        return blob

    def open(self, sha256: str) -> BinaryIO:
        """The bytes, for reading; the caller closes. NotFound if they are not here."""
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            raise NotFound(_l("This file is no longer stored."), code="file_missing") from None

    def exists(self, sha256: str) -> bool:
        """Whether the bytes are here."""
        return self._path(sha256).is_file()

    def delete(self, sha256: str) -> None:
        """Remove the bytes; a file that is not here is no error. Delete the row first."""
        self._path(sha256).unlink(missing_ok=True)

    def sweep(self, known: Container[str], older_than: timedelta = timedelta(hours=24)) -> list[str]:
        """Remove files older than `older_than` that are not in `known` and what crashes left; their names."""
        limit = time.time() - older_than.total_seconds()
        removed = []
        for path in self.root.glob("??/??/*"):
            if path.name in known:
                continue
            # A file may be put again this very moment: its date is renewed under the same lock.
            with self._lock(fcntl.LOCK_EX), suppress(FileNotFoundError):
                if path.stat().st_mtime < limit:
                    path.unlink()
                    removed.append(path.name)
        return removed

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"not a sha256: {sha256!r}")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def _write(self, path: Path, data: bytes) -> None:
        self._make_folders(path.parent)
        with self._lock(fcntl.LOCK_SH):
            if path.is_file() and path.stat().st_size == len(data):
                os.utime(path)
                return
            handle, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fchmod(file.fileno(), 0o440)
                    os.fsync(file.fileno())
                os.rename(temporary, path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(temporary)
                raise
            _sync_folder(path.parent)

    def _make_folders(self, folder: Path) -> None:
        if folder.is_dir():
            return
        folder.mkdir(parents=True, exist_ok=True)
        for parent in (folder.parent, self.root):
            _sync_folder(parent)

    @contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        with open(self.root / ".lock", "ab") as file:
            fcntl.flock(file, kind)
            yield


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def content_disposition(filename: str, *, inline: bool = False) -> str:
    """The header for a download named `filename` (RFC 6266, RFC 8187), with an ASCII stand-in."""
    name = _UNSAFE.sub("_", filename).strip(" .") or "file"
    stand_in = re.sub(r"_+", "_", "".join(char if char.isascii() else "_" for char in name))
    stand_in = stand_in.replace("%", "_")
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{stand_in}\"; filename*=UTF-8''{quote(name, safe='')}"
