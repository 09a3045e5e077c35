"""Every file that is read, in every bad shape: handled with the alignment kept, or refused in one line."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from seqtrans.config import Config
from seqtrans.corpus import Pair, check_direction, load_corpus, read_files, read_tsv
from seqtrans.errors import SeqtransError
from tests.command import command, refused
from tests.conftest import make_run, toy_pairs, write_lines

GERMAN = [f"{de} Nummer {n} ist nicht das Ende." for n, (de, _) in enumerate(toy_pairs())]
ENGLISH = [f"{en} Number {n} is not the end." for n, (_, en) in enumerate(toy_pairs())]
TEXT = "Der Hund läuft.\nDie Katze schläft.\n"

REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty; expected"),
    "one newline": (b"\n", "the file is empty; expected"),
    "only blank lines": (b" \n\t\r\n\n", "the file is empty; expected"),
    "a million blank lines": (b"\n" * 1_000_000, "the file is empty; expected"),
    "a mark and nothing": (b"\xef\xbb\xbf\xff", "line 1: found byte 0xff, expected UTF-8; convert it"),
    "Latin-1": (TEXT.encode("latin-1"), "line 1: found byte 0xe4, expected UTF-8; convert it"),
    "UTF-16 little": (b"\xff\xfe" + TEXT.encode("utf-16-le"), "the file is UTF-16; convert it: iconv"),
    "UTF-16 big": (b"\xfe\xff" + TEXT.encode("utf-16-be"), "the file is UTF-16; convert it: iconv"),
    "UTF-16 without a mark": (TEXT.encode("utf-16-le"), "line 1: found a NUL byte, expected text"),
    "UTF-32": (TEXT.encode("utf-32-be"), "line 1: found a NUL byte, expected text"),
    "a NUL byte": (b"eins\nzwei\ndr\0ei\n", "line 3: found a NUL byte, expected text"),
    "only NUL bytes": (b"\0" * 1000, "line 1: found a NUL byte, expected text"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "line 1: found byte 0x89, expected UTF-8"),
    "compressed": (gzip.compress(TEXT.encode(), mtime=0), "line 1: found"),
    "lines that end in CR": (b"eins\rzwei\rdrei\r", "lines end in CR alone; convert it: tr"),
    "overlong UTF-8": (b"eins\n\xc0\xaf\n", "line 2: found byte 0xc0"),
    "an encoded surrogate": (b"eins\n\xed\xa0\x80\n", "line 2: found byte 0xed"),
    "a character cut off": ("eins\nfünf".encode()[:7] + b"\n", "line 2: found byte 0xc3"),
    "a cut emoji at the end": ("eins\nzwei 😀".encode()[:-1], "line 2: found byte 0xf0"),
    "a stray continuation byte": (b"eins\nzwei\x80\n", "line 2: found byte 0x80"),
}
DOORS = ["--src", "--tgt", "--tsv", "train.de", "valid.en", "test.de", "evaluate --src", "evaluate --ref"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in a folder that a refused command must leave empty."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    yield
    assert not list((tmp_path / "here").iterdir())


def arguments(door: str, bad: Path, folder: Path, run: Path) -> list[str]:
    """Return a command that reads the bad file through one of the doors, all else being well."""
    other = str(write_lines(folder / "other", GERMAN))
    if door == "--tsv":
        return ["train", "--steps", "1", "--tsv", str(bad)]
    if door in ("--src", "--tgt"):
        return ["train", "--steps", "1", door, str(bad), "--tgt" if door == "--src" else "--src", other]
    if door.startswith("evaluate"):
        flag = door.split()[1]
        return ["evaluate", "--run", str(run), flag, str(bad), "--ref" if flag == "--src" else "--src", other]
    if door == "--config":
        return ["train", "--config", str(bad)]
    data = folder / "data"
    data.mkdir()
    for name in ("train", "valid", "test"):
        write_lines(data / f"{name}.de", GERMAN)
        write_lines(data / f"{name}.en", ENGLISH)
    (data / door).unlink()
    (data / door).symlink_to(bad)
    return ["train", "--steps", "1", "--data", str(data)]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_with_file_and_line(tmp_path: Path, run: Path, name: str, door: str) -> None:
    data, message = REFUSED[name]
    bad = tmp_path / "bad"
    bad.write_bytes(data)
    where = str(tmp_path / "data" / door) if "." in door else str(bad)
    refused(command(*arguments(door, bad, tmp_path, run)), f"{where}: {message}")


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_no_config(tmp_path: Path, name: str) -> None:
    (tmp_path / "bad").write_bytes(REFUSED[name][0])
    refused(command("train", "--config", tmp_path / "bad"), f"{tmp_path / 'bad'}: not JSON", "give a config")


def odd_path(kind: str, folder: Path) -> Path:
    """Return the path of something that is not a file that can be read."""
    path = folder / "odd"
    if kind == "a folder":
        path.mkdir()
    elif kind == "a loop of links":
        path.symlink_to(path)
    elif kind == "a link to nowhere":
        path.symlink_to(folder / "nowhere")
    return {"an endless device": Path("/dev/zero"), "a long name": Path("x" * 300)}.get(kind, path)


@pytest.mark.parametrize("door", ["--src", "--tgt", "--tsv", "--config", "evaluate --src", "evaluate --ref"])
@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("missing", "cannot be read: No such file or directory"),
        ("a folder", "cannot be read: Is a directory"),
        ("a loop of links", "cannot be read: Too many levels of symbolic links"),
        ("a link to nowhere", "cannot be read: No such file or directory"),
        ("a long name", "cannot be read: File name too long"),
        ("an endless device", "found a device, expected a file"),
    ],
)
def test_what_is_no_file_is_refused(tmp_path: Path, run: Path, kind: str, message: str, door: str) -> None:
    path = odd_path(kind, tmp_path)
    refused(command(*arguments(door, path, tmp_path, run)), f"{path}: {message}")


@pytest.mark.parametrize("door", ["--src", "--tgt", "--tsv", "--config"])
def test_an_unreadable_file_is_refused(tmp_path: Path, run: Path, door: str) -> None:
    path = write_lines(tmp_path / "secret", GERMAN)
    path.chmod(0)
    words = arguments(door, path, tmp_path, run)
    try:
        if os.geteuid() == 0:  # whom no permission stops
            os.seteuid(65534)
        outcome = command(*words)
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
    refused(outcome, "cannot be read: Permission denied")


def test_a_folder_that_cannot_be_listed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", denied)
        outcome = command("train", "--data", tmp_path)
    refused(outcome, f"{tmp_path}: cannot be read: Permission denied")


@pytest.mark.parametrize("words", ["train --data", "train --config", "translate x --run", "evaluate --run"])
@pytest.mark.parametrize("name", ["a folder", "x" * 5000, "a\nb", "a\x1b[31mb", "\udcff", "ü", " "])
def test_an_odd_name_is_refused_in_one_line(name: str, words: str) -> None:
    outcome = command(*words.split(), name)
    refused(outcome)
    assert outcome.err.rstrip("\n").isprintable()


HANDLED = {
    "plain": "{}",
    "CRLF": "{}\r",
    "several CR": "{}\r\r",
    "a lone CR": "{}\rEnde",
    "line separator": "{}\u2028Ende",
    "paragraph separator": "{}\u2029Ende",
    "next line": "{}\u0085Ende",
    "vertical tab": "{}\x0bEnde",
    "form feed": "{}\x0cEnde",
    "file separator": "{}\x1cEnde",
    "group separator": "{}\x1dEnde",
    "record separator": "{}\x1eEnde",
    "a mark within": "{}\ufeffEnde",
    "emoji": "{} 👩‍👩‍👧‍👦🏳️‍🌈",
    "Arabic": "{} كيف حالك؟",
    "Hebrew with marks": "\u200f{} \u202b\u05e9\u05dc\u05d5\u05dd\u202c",
    "Chinese": "{}\uff0c你好。",
    "Thai": "{} สวัสดี",
    "combining accents": "{} e" + "\u0301" * 50,
    "zero width": "{}\u200b\u200d\u2060",
    "wide spaces": "\u3000{}\u00a0\u2003",
    "control characters": "\x01{}\x1b[31m\x7f",
    "private and unassigned": "{}\ue000\U000e0fff\uffff",
    "10 MB": "{} " + "x" * 10_000_000,
    "10 MB of words": "{} " + "das Haus " * 1_100_000,
}


@pytest.mark.parametrize("name", HANDLED)
def test_what_stands_in_a_line_never_shifts_the_alignment(tmp_path: Path, name: str) -> None:
    """The odd text stands in three lines of one side; each pair must still have its own two numbers."""
    lines = [HANDLED[name].format(n) if n in (0, 7, 39) else str(n) for n in range(40)]
    src, tgt = tmp_path / "src", write_lines(tmp_path / "tgt", [str(n) for n in range(40)])
    src.write_bytes("\n".join(lines).encode())
    pairs = read_files(src, tgt)
    tsv = read_tsv(write_lines(tmp_path / "tsv", [f"{line}\t{n}" for n, line in enumerate(lines)]))
    assert tsv == pairs
    assert [pair.tgt for pair in pairs] == [str(n) for n in range(40)]
    for n, pair in enumerate(pairs):
        assert str(n) in pair.src[:20]
        assert not set(pair.src) & set("\r\n\t\u2028\u2029\u0085\x0b\x0c")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "", "\n\n", "\r\n\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_endings_and_marks_do_not_count(tmp_path: Path, ending: str, mark: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(f"{mark}eins\nzwei{ending}".encode())
    pairs = read_files(path, path)
    assert pairs[:2] == [("eins", "eins"), ("zwei", "zwei")]
    assert pairs[2:] == [("", "")] * (ending.count("\n") - 1 if ending else 0)


def test_a_million_blank_lines_are_counted_and_dropped(tmp_path: Path) -> None:
    files = [tmp_path / "a", tmp_path / "b"]
    for path in files:
        path.write_bytes(b"\n" * 1_000_000 + "".join(f"{n}\n" for n in range(30)).encode())
    corpus = load_corpus(Config(src=str(files[0]), tgt=str(files[1])))
    assert corpus.dropped == {"a side is blank": 1_000_000}
    assert len(corpus.train) == 28


@pytest.mark.parametrize("name", ["valid", "test"])
def test_a_sentence_too_long_to_score_is_refused(toy_folder: Path, name: str) -> None:
    with (toy_folder / f"{name}.de").open("a") as file:
        file.write("x" * 10_000_000 + "\n")
    with (toy_folder / f"{name}.en").open("a") as file:
        file.write("y\n")
    outcome = command("train", "--steps", "1", "--data", toy_folder)
    refused(outcome, f"the {name} set: line 8: found over 10000 characters", "take the pair out")


@pytest.mark.parametrize("counts", [(40, 39), (39, 40), (40, 1), (1, 1_000_000)])
def test_unequal_counts_are_refused(tmp_path: Path, counts: tuple[int, int]) -> None:
    files = [write_lines(tmp_path / f"f{n}", ["a"] * n) for n in counts]
    outcome = command("train", "--src", files[0], "--tgt", files[1])
    refused(outcome, f"f{counts[0]} has {counts[0]} lines", f"f{counts[1]} has {counts[1]}", "must translate")


@pytest.mark.parametrize("languages", [("de", "en"), ("en", "de")])
@pytest.mark.parametrize("door", ["files", "tsv", "train", "valid", "test", "evaluate"])
def test_swapped_sides_are_refused(tmp_path: Path, run: Path, door: str, languages: tuple[str, str]) -> None:
    """What is said to be in the first language is in the second."""
    right = {"de": GERMAN, "en": ENGLISH}
    wrong = {languages[0]: right[languages[1]], languages[1]: right[languages[0]]}
    src, tgt = (write_lines(tmp_path / name, wrong[name]) for name in languages)
    flags = ["--steps", "1", "--from", languages[0], "--to", languages[1]]
    advice = f"give --from {languages[1]} --to {languages[0]}"
    if door == "files":
        refused(command("train", "--src", src, "--tgt", tgt, *flags), "swap the two sides", advice)
    elif door == "tsv":
        lines = ["\t".join(pair) for pair in zip(wrong[languages[0]], wrong[languages[1]], strict=True)]
        refused(command("train", "--tsv", write_lines(tmp_path / "t", lines), *flags), advice)
    elif door == "evaluate":
        if languages == ("de", "en"):
            refused(
                command("evaluate", "--run", run, "--src", src, "--ref", tgt), "--src and --ref the other"
            )
    else:
        (tmp_path / "data").mkdir()
        for name in ("train", "valid", "test"):
            for side in languages:
                write_lines(tmp_path / "data" / f"{name}.{side}", (wrong if name == door else right)[side])
        refused(command("train", "--data", tmp_path / "data", *flags), f"the {door} set: ", "other names")


PEACEFUL = {
    "as it should be": (GERMAN, ENGLISH),
    "the same language twice": (ENGLISH, ENGLISH),
    "the same language twice, the other": (GERMAN, GERMAN),
    "too few words": (ENGLISH[:3], GERMAN[:3]),
    "a mixture": (ENGLISH + GERMAN, GERMAN + ENGLISH),
    "mostly right": (GERMAN + ENGLISH[:60], ENGLISH + GERMAN[:60]),
    "a third language": (["le chien est dans la maison et il dort"] * 90, GERMAN[:90]),
    "numbers": ([str(n) for n in range(90)], [str(n * n) for n in range(90)]),
    "one word a line": (["the"] * 90, [f"Wort{n}" for n in range(90)]),
    "quotations": ([f'Er sagt: "{en}" Das ist nicht der Satz.' for en in ENGLISH], ENGLISH),
    "nothing": ([], []),
}


@pytest.mark.parametrize("name", PEACEFUL)
def test_no_alarm_when_the_sides_are_not_clearly_swapped(name: str) -> None:
    check_direction([Pair(*sides) for sides in zip(*PEACEFUL[name], strict=True)], ("de", "en"), "x", "y")


def test_other_languages_are_never_thought_swapped() -> None:
    pairs = [Pair(*sides) for sides in zip(ENGLISH, GERMAN, strict=True)]
    for languages in (("fr", "en"), ("de", "nl"), ("en", "de")):
        check_direction(pairs, languages, "x", "y")
    with pytest.raises(SeqtransError, match="x: found 'en' text on the side of 'de'"):
        check_direction(pairs, ("de", "en"), "x", "y")
