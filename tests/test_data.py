"""The corpus that ships: what its datasheet promises."""

import re
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from data.assemble import TAGS, Entry, assemble, counts, files, read_handwritten, skeletons
from data.grammar import tags
from seqtrans.corpus import shipped_folder
from tests.conftest import make_run
from tests.everyday import is_right, main, sentences, words

FOLDER = Path(__file__).parent.parent / "data"
NAMES = ("train", "valid", "test")


@pytest.fixture(scope="module")
def splits() -> dict[str, list[Entry]]:
    return assemble()


def read(name: str) -> list[str]:
    return (FOLDER / name).read_text(encoding="utf-8").split("\n")[:-1]


def test_the_sources_reproduce_the_files(splits: dict[str, list[Entry]]) -> None:
    for name, text in files(splits).items():
        assert (FOLDER / name).read_bytes() == text.encode(), f"{name}: run make corpus"


def test_the_datasheet_counts_right(splits: dict[str, list[Entry]]) -> None:
    assert counts(splits) in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_another_process_generates_the_same() -> None:
    code = (
        "import hashlib; from data.grammar.sampling import generate; "
        "print(hashlib.sha256(repr(list(generate(300))).encode()).hexdigest())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, cwd=FOLDER.parent,
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(made) == 1


def test_the_corpus_that_ships_is_this_one() -> None:
    assert shipped_folder() == FOLDER


def test_counts(splits: dict[str, list[Entry]]) -> None:
    assert len(set(splits["train"])) == len(splits["train"]) >= 24_000
    for name in ("valid", "test"):
        assert len(splits[name]) == 1000
        assert Counter(entry.part for entry in splits[name]) == {"handwritten": 200, "generated": 800}
    assert Counter(read("test.parts")) == {"handwritten": 200, "generated": 800}
    assert len(read_handwritten()) >= 4000
    forms = {word for line in read("train.de") for word in re.findall(r"\w+", line)}
    assert len(forms) >= 2500


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_encoding(name: str, language: str) -> None:
    data = (FOLDER / f"{name}.{language}").read_bytes()
    text = data.decode("utf-8")
    assert text.endswith("\n")
    assert unicodedata.normalize("NFC", text) == text
    strange = set(re.sub(r"[A-Za-z0-9äöüÄÖÜßé .,;:?!'\"%€$°/\n-]", "", text))
    assert not strange
    for line in text.split("\n")[:-1]:
        assert line == line.strip()
        assert "  " not in line
        assert line[-1] in ".?!\"':", line


def test_both_sides_have_the_same_number_of_lines_and_no_pair_twice() -> None:
    pairs: list[tuple[str, str]] = []
    for name in NAMES:
        pairs += zip(read(f"{name}.de"), read(f"{name}.en"), strict=True)
    assert len(set(pairs)) == len(pairs)


def test_lengths(splits: dict[str, list[Entry]]) -> None:
    for name in NAMES:
        lengths = sorted(len(entry.german.split()) for entry in splits[name])
        assert lengths[0] >= 1
        assert lengths[-1] <= 45
        assert sum(length > 20 for length in lengths) >= 0.1 * len(lengths)
        assert 7 <= lengths[len(lengths) // 2] <= 12


def test_nothing_leaks_into_the_held_out_sets(splits: dict[str, list[Entry]]) -> None:
    """No side of a held-out pair occurs elsewhere, nor does one that differs in names and numbers only."""
    held_out = splits["valid"] + splits["test"]
    for side in (0, 1):
        train = {skeletons(entry)[side] for entry in splits["train"]}
        others = Counter(skeletons(entry)[side] for entry in held_out)
        assert not train & set(others)
        assert max(others.values()) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Anna schläft.", "Anna is asleep."), ("Peter schläft.", "Peter is asleep.")),
        (("Ich habe drei Äpfel.", "I have three apples."), ("Ich habe 12 Äpfel.", "I have 12 apples.")),
        (("Annas Hund bellt.", "Anna's dog barks."), ("Tims Hund bellt.", "Tim's dog barks.")),
        (("Er ist einundzwanzig.", "He is twenty-one."), ("Er ist sieben.", "He is seven.")),
        (("Wir fahren nach Köln.", "We go to Cologne."), ("Wir fahren nach Wien.", "We go to Vienna.")),
        (("Es ist halb acht.", "It's half past seven."), ("Es ist halb zehn.", "It's half past nine.")),
        (("Am zweiten Mai.", "On the second of May."), ("Am zwölften Mai.", "On the twelfth of May.")),
    ],
)
def test_names_and_numbers_make_no_difference(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert skeletons(Entry(*one, (), "")) == skeletons(Entry(*other, (), ""))


def test_other_words_make_a_difference() -> None:
    rest = [("Ein Hund bellt.", "A dog barks."), ("Der Hund bellt.", "The dog barks.")]
    assert len({skeletons(Entry(*pair, (), "")) for pair in rest}) == 2


def test_the_everyday_sentences_are_kept_apart(splits: dict[str, list[Entry]]) -> None:
    every = sentences()
    assert len({sentence.german for sentence in every}) == len(every) == 50
    assert all(sentence.english for sentence in every)
    corpus = {tuple(words(entry.german)) for entries in splits.values() for entry in entries}
    assert not [sentence.german for sentence in every if tuple(words(sentence.german)) in corpus]


def test_a_translation_is_right_in_any_case_and_punctuation() -> None:
    assert is_right("hello, How are you", ["Hi.", "Hello! How are you?"])
    assert not is_right("Hello, how is he?", ["Hello! How are you?"])


def test_every_tag_is_known_and_used(splits: dict[str, list[Entry]]) -> None:
    counts = Counter(tag for entries in splits.values() for entry in entries for tag in entry.tags)
    assert set(counts) == set(TAGS)
    assert min(counts.values()) >= 100


def test_the_everyday_sentences_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(make_run(tmp_path / "run"))
    lines = capsys.readouterr().out.splitlines()
    right = 50 - sum(line.startswith("reference ") for line in lines)
    assert lines[-1] == f"{tmp_path / 'run'}: {right} of 50 right, word for word"


def test_a_tag_that_the_datasheet_does_not_know_is_refused() -> None:
    assert tags.finish(["two", "inv", "two"]) == ("inv", "two")
    assert tags.finish([]) == ("plain",)
    with pytest.raises(ValueError, match="twoe"):
        tags.finish(["inv", "twoe"])
