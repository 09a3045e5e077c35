"""The shape of the house: text flows one way, torch waits until it is needed, one file prints."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import seqtrans

PACKAGE = Path(seqtrans.__file__).parent
ROOT = PACKAGE.parent
FLOW = [
    "errors", "config", "storage", "fetch", "text", "corpus", "tokenizer", "batches",
    "models", "models.base", "models.dropout", "models.cells", "models.recurrent", "models.seq2seq",
    "models.attention", "models.transformer", "models.one_sentence", "models.build",
    "loss", "recipe", "runs", "devices", "sidebyside", "gradients", "optimizer", "initialization",
    "checkpoint", "decoding", "engines", "export", "scoring",
    "evaluation", "preparation", "events", "runlog", "schedule", "interruption", "loop", "training",
    "display", "cli",
]  # fmt: skip


def modules() -> dict[str, ast.Module]:
    """Return the syntax tree of every module, by its name within the package."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        found[name] = ast.parse(path.read_text())
    return found


def imported(tree: ast.Module) -> set[str]:
    """Return the modules of this package that a module imports."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "seqtrans":
            base = (node.module or "").removeprefix("seqtrans").removeprefix(".")
            inner = {f"{base}.{alias.name}".removeprefix(".") for alias in node.names}
            names |= inner & set(FLOW) or {base}
    return names


def test_every_module_has_its_place_in_the_flow() -> None:
    assert set(modules()) - {"__init__", "__main__"} == set(FLOW)


def test_a_module_imports_only_what_stands_before_it() -> None:
    for name, tree in modules().items():
        if name in FLOW:
            later = imported(tree) - set(FLOW[: FLOW.index(name)])
            assert not later, f"{name} imports {later}"


def test_only_the_command_line_prints_or_exits() -> None:
    for name, tree in modules().items():
        calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        if name not in ("cli", "display"):
            assert not calls & {"print", "exit", "sys.exit", "quit", "input"}, name


def test_every_public_function_and_class_has_a_docstring() -> None:
    for name, tree in modules().items():
        assert ast.get_docstring(tree) or name == "__main__", name
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{name}.{node.name}"


def test_importing_the_package_and_asking_for_help_do_not_import_torch() -> None:
    code = "import seqtrans, sys; from seqtrans.cli import app; seqtrans.Config()\n"
    code += "app(['--help'], standalone_mode=False); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_public_names_are_there() -> None:
    for name in seqtrans.__all__:
        assert getattr(seqtrans, name).__doc__


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_the_top_level_has_no_more_than_a_reader_expects() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip(listed.stderr)
    found = {path.split("/")[0] for path in listed.stdout.splitlines()}
    assert {name for name in found if not name.startswith(".")} == {
        "seqtrans", "tests", "data", "Makefile", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md",
    }  # fmt: skip
