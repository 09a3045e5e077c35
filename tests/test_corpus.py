"""Reading, checking and splitting text."""

import itertools
from pathlib import Path

import pytest

from seqtrans.config import Config
from seqtrans.corpus import Corpus, Pair, load_corpus, read_files, read_tsv, split
from seqtrans.errors import SeqtransError
from seqtrans.text import read_lines
from tests.conftest import toy_pairs, write_lines


def pairs(count: int) -> list[Pair]:
    return [Pair(f"Satz {i}", f"sentence {i}") for i in range(count)]


def test_a_folder_is_read_as_it_is(toy_folder: Path) -> None:
    corpus = load_corpus(Config(data=str(toy_folder)))
    assert (len(corpus.train), len(corpus.valid), len(corpus.test)) == (126, 7, 7)
    assert corpus.valid[0] == Pair(*toy_pairs()[0])
    assert corpus.dropped == {}


@pytest.mark.parametrize("name", ["val", "dev"])
def test_the_validation_set_may_have_another_name(toy_folder: Path, name: str) -> None:
    for side in ("de", "en"):
        (toy_folder / f"valid.{side}").rename(toy_folder / f"{name}.{side}")
    assert len(load_corpus(Config(data=str(toy_folder))).valid) == 7


def test_the_other_direction_swaps_the_sides(toy_folder: Path) -> None:
    corpus = load_corpus(Config(data=str(toy_folder), source_language="en", target_language="de"))
    assert corpus.test[0] == Pair(*reversed(toy_pairs()[7]))


def test_one_of_several_test_sets_is_chosen(toy_folder: Path) -> None:
    for side in ("de", "en"):
        text = (toy_folder / f"test.{side}").read_text()
        (toy_folder / f"test_a.{side}").write_text(text)
        (toy_folder / f"test.{side}").rename(toy_folder / f"test_b.{side}")
    with pytest.raises(SeqtransError, match="choose one with --test: test_a, test_b"):
        load_corpus(Config(data=str(toy_folder)))
    assert len(load_corpus(Config(data=str(toy_folder), test="test_b")).test) == 7
    with pytest.raises(SeqtransError, match="no test set test_c"):
        load_corpus(Config(data=str(toy_folder), test="test_c"))


def test_two_files_and_a_tsv_with_the_same_pairs_are_split_alike(tmp_path: Path) -> None:
    de = write_lines(tmp_path / "a.de", [f"Satz {i}" for i in range(100)])
    en = write_lines(tmp_path / "a.en", [f"sentence {i}" for i in range(100)])
    tsv = write_lines(tmp_path / "a.tsv", [f"Satz {i}\tsentence {i}" for i in range(100)])
    from_files = load_corpus(Config(src=str(de), tgt=str(en)))
    assert from_files == load_corpus(Config(tsv=str(tsv)))
    assert from_files.digest() == load_corpus(Config(tsv=str(tsv))).digest()
    assert from_files.digest() != load_corpus(Config(tsv=str(tsv), seed=2)).digest()
    assert (len(from_files.train), len(from_files.valid), len(from_files.test)) == (90, 5, 5)


def test_a_split_loses_and_repeats_nothing() -> None:
    corpus = split(pairs(300), None, None, seed=3)
    assert sorted(corpus.train + corpus.valid + corpus.test) == sorted(pairs(300))
    assert (len(corpus.valid), len(corpus.test)) == (15, 15)


def test_no_side_of_a_held_out_pair_stands_in_training() -> None:
    repeated = [Pair(f"Satz {i % 150}", f"sentence {i % 170}") for i in range(200)]
    for seed in range(20):
        corpus = split(repeated, None, None, seed)
        src, tgt = {p.src for p in corpus.train}, {p.tgt for p in corpus.train}
        assert not any(p.src in src or p.tgt in tgt for p in corpus.valid + corpus.test)
        assert not {p.src for p in corpus.valid} & {p.src for p in corpus.test}


def test_a_given_test_set_leaves_only_validation_to_hold_out() -> None:
    corpus = split(pairs(100), None, [Pair("x", "y")], seed=1)
    assert (len(corpus.train), len(corpus.valid), corpus.test) == (95, 5, [Pair("x", "y")])


def test_what_is_dropped_is_counted_by_reason() -> None:
    bad = [Pair("", "x"), Pair("x", ""), Pair("Satz 1", "sentence 1"), Pair("a" * 10_001, "b")]
    corpus = split(pairs(100) + bad, [Pair("v", "w")], [Pair("t", "u")], seed=1)
    assert corpus.train == pairs(100)
    assert corpus.dropped == {
        "a side is blank": 2,
        "the same pair stood before": 1,
        "a side has over 10000 characters": 1,
    }


def test_overlap_counts_test_pairs_with_a_side_in_training() -> None:
    test = [Pair("Satz 1", "other"), Pair("other", "sentence 2"), Pair("new", "new")]
    assert Corpus(pairs(5), [], test, {}, {}).overlap() == 2


def test_the_digest_hangs_on_every_split() -> None:
    base = Corpus(pairs(3), pairs(2), pairs(1), {}, {})
    moved = [
        Corpus(pairs(2), pairs(2), pairs(1), {}, {}),
        Corpus(pairs(3), pairs(1), pairs(1), {}, {}),
        Corpus(pairs(3), pairs(2), pairs(2), {}, {}),
    ]
    digests = [corpus.digest() for corpus in [base, *moved]]
    assert len(set(digests)) == 4


def test_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes("\ufeffeins\u2028zwei\r\ndrei\rvier\u0085fünf\x0bsechs\n\n  \n sieben\t\tacht".encode())
    assert read_lines(path) == ["eins zwei", "drei vier fünf sechs", "", "", "sieben acht"]


def test_accents_are_composed(tmp_path: Path) -> None:
    assert read_lines(write_lines(tmp_path / "x", ["u\u0308ber"])) == ["über"]


BROKEN = {
    "missing": (None, "cannot be read: No such file or directory"),
    "empty": (b"", "the file is empty"),
    "blank": (b"\n \n\r\n", "the file is empty"),
    "latin1": ("a\nfünf\n".encode("latin-1"), "line 2: found byte 0xfc, expected UTF-8"),
    "utf16": ("eins".encode("utf-16"), "the file is UTF-16"),
    "nul": (b"a\nb\nc\0d\n", "line 3: found a NUL byte"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    data, message = BROKEN[name]
    path = tmp_path / "x"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(SeqtransError) as error:
        read_lines(path)
    assert str(error.value).startswith(f"{path}: {message}")
    assert "\n" not in str(error.value)


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(SeqtransError, match="cannot be read: Is a directory"):
        read_lines(tmp_path)


def test_unequal_line_counts_are_named(tmp_path: Path) -> None:
    files = [write_lines(tmp_path / str(n), ["a"] * n) for n in (3, 5)]
    with pytest.raises(SeqtransError, match=r"3 has 3 lines, .*5 has 5"):
        read_files(*files)


def test_a_tsv_line_needs_two_fields(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "x.tsv", ["a\tb", "", "c d\t e ", "f\tg\th"])
    with pytest.raises(SeqtransError, match="line 4: found 3 tab-separated fields, expected 2"):
        read_tsv(path)
    assert read_tsv(write_lines(path, ["a\tb", "", " c  d\te "])) == [("a", "b"), ("", ""), ("c d", "e")]


def test_a_folder_without_the_language_says_what_it_has(toy_folder: Path) -> None:
    with pytest.raises(SeqtransError, match=r"found test\.de, .*expected train\.fr and train\.en"):
        load_corpus(Config(data=str(toy_folder), source_language="fr"))
    with pytest.raises(SeqtransError, match="no such folder"):
        load_corpus(Config(data=str(toy_folder / "nowhere")))


def test_too_few_pairs_are_refused() -> None:
    with pytest.raises(SeqtransError, match="the corpus has 19 usable pairs; training needs 20"):
        split(pairs(19), None, None, seed=1)
    assert len(split(pairs(20), None, None, seed=1).train) == 18


def test_pairs_that_all_repeat_a_side_cannot_be_split() -> None:
    same_target = [Pair(f"Satz {i}", "yes") for i in range(50)]
    with pytest.raises(SeqtransError, match="only 0 pairs have sentences of their own, 4 are needed"):
        split(same_target, None, None, seed=1)


def test_a_test_set_of_blank_lines_is_refused() -> None:
    with pytest.raises(SeqtransError, match="the test set has no pair with text on both sides"):
        split(pairs(30), pairs(2), [Pair("", "")], seed=1)


def test_the_split_does_not_hang_on_the_order_of_a_set() -> None:
    splits = [split(pairs(60), None, None, seed=5) for _ in range(3)]
    assert all(a == b for a, b in itertools.pairwise(splits))
