"""Every command in the README runs: the training ones with a budget of two steps."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import toy_pairs, write_lines

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.M | re.S)


def test_every_make_command_names_a_target() -> None:
    commands = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("make ")]
    assert "make demo" in commands
    assert "make test" in commands
    for command in commands:
        subprocess.run([*shlex.split(command), "-n"], cwd=ROOT, check=True, capture_output=True)


def test_every_seqtrans_command_runs(tmp_path: Path, toy_folder: Path) -> None:
    pairs = toy_pairs()
    write_lines(tmp_path / "my.de", [de for de, _ in pairs])
    write_lines(tmp_path / "my.en", [en for _, en in pairs])
    write_lines(tmp_path / "pairs.tsv", ["\t".join(pair) for pair in pairs])
    shutil.copytree(toy_folder, tmp_path / "folder")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "seqtrans"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m seqtrans "$@"\n')
    program.chmod(0o755)
    path = f"{tmp_path / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    commands = [
        line
        for block in blocks("sh")
        for line in block.splitlines()
        if re.search(r"\b(seqtrans|sacrebleu|cp) ", line)
    ]
    assert len(commands) >= 10
    for command in commands:
        if "seqtrans train" in command:
            command = re.sub(r" --minutes \d+", "", command) + " --steps 2 --num-validations 1"
        done = subprocess.run(
            command, shell=True, cwd=tmp_path, capture_output=True, text=True,
            env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        assert done.stdout or re.search(r"^cp | > ", command), command
        if " > distilled" in command:  # the teacher of two steps says nothing
            lines = (tmp_path / "distilled" / "train.en").read_text().count("\n")
            assert lines == (tmp_path / "folder" / "train.de").read_text().count("\n")
            shutil.copy(tmp_path / "folder" / "train.en", tmp_path / "distilled" / "train.en")


def test_every_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    examples = blocks("python")
    assert examples
    for example in examples:
        exec(re.sub(r"minutes=\d+", "steps=2, num_validations=1", example), {})


@pytest.mark.parametrize("name", ["README.md", "seqtrans/recipe.md"])
def test_every_file_that_is_linked_exists(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    assert links
    for link in links:
        assert (page.parent / link).exists(), link
