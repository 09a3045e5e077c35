"""A run's folder: files that are written whole or not at all, with a checksum each, and a lock.

`manifest.json` holds the SHA-256 of every file; a file is only ever read when it is the one that was
written. Knows names and bytes, not what they mean.
"""

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock, Timeout

from seqtrans.errors import SeqtransError

MANIFEST, LOCK = "manifest.json", ".lock"


class RunFolder:
    """The files of one run."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def has(self, name: str) -> bool:
        """Say whether the run has a file of that name (whole or not)."""
        return os.path.isfile(self.path / name)

    def make(self) -> None:
        """Make the folder. Raises `SeqtransError` when that is impossible or when it holds other things."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            strangers = [entry.name for entry in self.path.iterdir() if not entry.name.startswith(".")]
        except OSError as error:
            raise SeqtransError(f"{self.path}: cannot be made: {error.strerror}") from None
        if strangers and not self.has(MANIFEST):
            raise SeqtransError(f"{self.path} exists and is not a run; name another folder with --out")

    def lock(self) -> FileLock:
        """Return the lock that keeps a second training out, held until released or the process ends.

        Raises `SeqtransError` when another has it, or when the folder holds a link, through which training
        would write elsewhere.
        """
        lock = FileLock(self.path / LOCK)
        try:
            for path in self.path.iterdir():
                _refuse_link(path)
            lock.acquire(timeout=0)
        except Timeout:
            raise SeqtransError(
                f"{self.path}: another training is writing this run; wait for it or name another --out"
            ) from None
        except OSError as error:
            raise SeqtransError(f"{self.path}: cannot be locked: {error.strerror}") from None
        return lock

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files so that at every moment each is whole, the old or the new one.

        First all new files beside the old ones, flushed to the disk; then a manifest that allows both;
        then the moves; then a manifest that allows only the new ones. Raises `SeqtransError` when the
        disk does not take them; the old files are still there then.
        """
        checksums = self.checksums() if self.has(MANIFEST) else {}
        new = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        try:
            for name, data in files.items():
                _write_flushed(self._beside(name), data)
            both = {name: [*checksums.get(name, []), new[name]] for name in new}
            self._write_manifest(checksums | both)
            for name in files:
                self._beside(name).replace(self.path / name)
            self._write_manifest(checksums | {name: [checksum] for name, checksum in new.items()})
        except OSError as error:
            for name in (*files, MANIFEST):
                with contextlib.suppress(OSError):
                    self._beside(name).unlink()
            raise SeqtransError(f"{self.path}: cannot be written: {error.strerror}") from None

    def read(self, name: str) -> bytes:
        """Return the bytes of a file of the run.

        Raises `SeqtransError` when it is missing, a link, or not what the manifest says.
        """
        path = self.path / name
        _refuse_link(path)
        data = read_file(path)
        if hashlib.sha256(data).hexdigest() not in self.checksums().get(name, []):
            raise SeqtransError(f"{path}: damaged or changed since it was written (its checksum differs)")
        return data

    def remove(self, name: str) -> None:
        """Take a file out of the run."""
        checksums = self.checksums()
        checksums.pop(name, None)
        try:
            self._write_manifest(checksums)
            (self.path / name).unlink(missing_ok=True)
        except OSError as error:
            raise SeqtransError(f"{self.path}: cannot be written: {error.strerror}") from None

    def append(self, name: str, line: str) -> None:
        """Add a line to a log of the run, which has no checksum."""
        try:
            with (self.path / name).open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            raise SeqtransError(f"{self.path}: cannot be written: {error.strerror}") from None

    def checksums(self) -> dict[str, list[str]]:
        """Return what the manifest allows: for each file name its SHA-256, or two while it is replaced."""
        path = self.path / MANIFEST
        _refuse_link(path)
        try:
            manifest = json.loads(read_file(path))
            return {str(name): [str(checksum) for checksum in sums] for name, sums in manifest.items()}
        except (ValueError, AttributeError, TypeError, RecursionError):
            raise SeqtransError(f"{path}: damaged; the run cannot be trusted") from None

    def _beside(self, name: str) -> Path:
        return self.path / f".{name}.part"

    def _write_manifest(self, checksums: Mapping[str, list[str]]) -> None:
        write_whole(self.path / MANIFEST, (json.dumps(checksums, indent=2) + "\n").encode())


def read_file(path: Path) -> bytes:
    """Return a file's bytes. Raises `SeqtransError` when it cannot be read, or is a device without end."""
    try:
        if stat.S_ISCHR(path.stat().st_mode):
            raise SeqtransError(f"{path}: found a device, expected a file")
        return path.read_bytes()
    except OSError as error:
        raise SeqtransError(f"{path}: cannot be read: {error.strerror}") from None
    except MemoryError:
        raise SeqtransError(f"{path}: does not fit into memory; give a smaller file") from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its place, flush it, move it there: all of it or nothing. Raises `OSError`."""
    beside = path.with_name(f".{path.name}.part")
    _write_flushed(beside, data)
    beside.replace(path)


def _refuse_link(path: Path) -> None:
    """Raise `SeqtransError` for what a run never holds: a link, a pipe, a device."""
    if path.is_symlink() or (os.path.exists(path) and not path.is_file() and not path.is_dir()):
        raise SeqtransError(f"{path}: a run holds no links or pipes; copy the file itself into it")


def _write_flushed(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)  # it may be a link to elsewhere
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
