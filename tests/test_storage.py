"""A run's files: whole or not at all, checked when read, written by one training at a time."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seqtrans.errors import SeqtransError
from seqtrans.storage import RunFolder


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    folder.make()
    folder.write({"a": b"old a", "b": b"old b"})
    return folder


def test_what_is_written_is_read_and_stands_in_the_manifest(folder: RunFolder) -> None:
    assert (folder.read("a"), folder.read("b")) == (b"old a", b"old b")
    manifest = json.loads((folder.path / "manifest.json").read_text())
    assert manifest["a"] == [hashlib.sha256(b"old a").hexdigest()]
    folder.write({"a": b"new"})
    assert (folder.read("a"), folder.read("b")) == (b"new", b"old b")
    folder.remove("a")
    assert not folder.has("a")
    assert set(folder.checksums()) == {"b"}


def test_a_bit_that_flips_is_seen(folder: RunFolder) -> None:
    (folder.path / "a").write_bytes(b"old b")
    with pytest.raises(SeqtransError, match="a: damaged or changed since it was written"):
        folder.read("a")


def test_a_file_that_the_manifest_does_not_name_is_not_read(folder: RunFolder) -> None:
    (folder.path / "c").write_bytes(b"stranger")
    with pytest.raises(SeqtransError, match="c: damaged or changed"):
        folder.read("c")


def test_a_link_is_not_followed(folder: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"old a")
    (folder.path / "a").unlink()
    (folder.path / "a").symlink_to(tmp_path / "outside")
    with pytest.raises(SeqtransError, match="a run holds no links"):
        folder.read("a")


@pytest.mark.parametrize("manifest", ["", "[]", "{", '{"a": 3}', "[1]", '"x"'])
def test_a_broken_manifest_is_named(folder: RunFolder, manifest: str) -> None:
    (folder.path / "manifest.json").write_text(manifest)
    with pytest.raises(SeqtransError, match=r"manifest.json: damaged|damaged or changed"):
        folder.read("a")


@pytest.mark.parametrize("moment", range(8))
def test_at_every_moment_of_a_write_each_file_is_whole(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """Stop a write of two files before each of its flushes and moves in turn."""
    num_calls = 0

    def stopping(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            nonlocal num_calls
            num_calls += 1
            if num_calls > moment:
                raise KeyboardInterrupt
            return original(*arguments)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", stopping(os.fsync))
        patch.setattr(Path, "replace", stopping(Path.replace))
        with pytest.raises(KeyboardInterrupt):
            folder.write({"a": b"new a", "b": b"new b"})
    assert folder.read("a") in (b"old a", b"new a")
    assert folder.read("b") in (b"old b", b"new b")
    folder.write({"a": b"newest a", "b": b"newest b"})
    assert (folder.read("a"), folder.read("b")) == (b"newest a", b"newest b")


def test_a_write_has_eight_such_moments(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def noting(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            calls.append(name)
            return original(*arguments)

        return call

    monkeypatch.setattr(os, "fsync", noting("fsync", os.fsync))
    monkeypatch.setattr(Path, "replace", noting("replace", Path.replace))
    folder.write({"a": b"new a", "b": b"new b"})
    assert calls == ["fsync"] * 3 + ["replace"] * 3 + ["fsync", "replace"]


def test_a_full_disk_leaves_the_old_files_and_no_litter(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(SeqtransError, match="cannot be written: No space left on device"):
            folder.write({"a": b"new"})
    assert folder.read("a") == b"old a"
    assert {path.name for path in folder.path.iterdir()} == {"a", "b", "manifest.json"}


def test_a_folder_with_other_things_is_not_made_a_run(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(SeqtransError, match="exists and is not a run; name another folder with --out"):
        RunFolder(tmp_path).make()
    (tmp_path / "file").write_text("")
    with pytest.raises(SeqtransError, match="cannot be made"):
        RunFolder(tmp_path / "file").make()


def test_a_second_training_is_refused_while_the_first_lives(folder: RunFolder) -> None:
    code = "import sys, time; from seqtrans.storage import RunFolder; lock = RunFolder(sys.argv[1]).lock()\n"
    code += "print('locked', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", code, str(folder.path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"locked\n"
    with pytest.raises(SeqtransError, match="another training is writing this run"):
        folder.lock()
    holder.kill()
    holder.communicate()
    folder.lock().release()
