"""The corpus: read aligned lines, split them into train, valid and test, count what was dropped.

It knows files and lines, and nothing of pieces, tensors or models.
"""

import hashlib
import os
import random
from collections import Counter
from collections.abc import Iterable
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from seqtrans.config import Config
from seqtrans.errors import SeqtransError
from seqtrans.text import clean, read_lines

VALID_NAMES = ("valid", "val", "dev")
MIN_PAIRS = 20
MAX_CHARACTERS = 10_000
"""Longer lines are no sentences; they are dropped before the tokenizer sees them."""
COMMON_WORDS = {
    "de": "der das und ist nicht ein eine einen mit auf den dem von zu für ich sie wir er es".split(),
    "en": "the and is not a of to with for that on are you he she it they we i has".split(),
}
"""Words that tell two languages apart; none of them is common in the other."""


class Pair(NamedTuple):
    """A source sentence and its translation."""

    src: str
    tgt: str


class Corpus(NamedTuple):
    """Three disjoint lists of pairs, and what was left out of the first."""

    train: list[Pair]
    valid: list[Pair]
    test: list[Pair]
    dropped: dict[str, int]
    """Why training pairs were dropped, and how many."""
    parts: dict[Pair, str]
    """Which part of the test set a pair belongs to, where the set has labels."""

    def digest(self) -> str:
        """Return the SHA-256 of all pairs in order, in hexadecimal."""
        digest = hashlib.sha256()
        for name, pairs in (("train", self.train), ("valid", self.valid), ("test", self.test)):
            digest.update(f"{name} {len(pairs)}\n".encode())
            for pair in pairs:
                digest.update(f"{pair.src}\t{pair.tgt}\n".encode())
        return digest.hexdigest()

    def overlap(self) -> int:
        """Return how many test pairs have a side that also stands in the training pairs."""
        src, tgt = {pair.src for pair in self.train}, {pair.tgt for pair in self.train}
        return sum(pair.src in src or pair.tgt in tgt for pair in self.test)


def load_corpus(config: Config) -> Corpus:
    """Read the corpus that the config names: a folder, two files, a TSV, or the one that ships.

    What has no file of its own (all of it, valid, or test) is split from the training pairs, by the
    seed. Raises `SeqtransError` for files that are missing or broken, and for too few pairs.
    """
    corpus = _read_corpus(config)
    fix = f"--from {config.target_language} --to {config.source_language}"
    if config.data:
        fix = "other names for its files"
    for name, pairs in (("train", corpus.train), ("valid", corpus.valid), ("test", corpus.test)):
        check_direction(pairs, (config.source_language, config.target_language), f"the {name} set", fix)
    return corpus


def _read_corpus(config: Config) -> Corpus:
    if config.src:
        return split(read_files(Path(config.src), Path(config.tgt)), None, None, config.seed)
    if config.tsv:
        return split(read_tsv(Path(config.tsv)), None, None, config.seed)
    folder = Path(config.data) if config.data else shipped_folder()
    if not os.path.isdir(folder):
        raise SeqtransError(f"{folder}: no such folder; --data takes a folder with train, valid and test")
    suffixes = config.source_language, config.target_language
    train = _read_named(folder, ["train"], suffixes)
    if train is None:
        raise SeqtransError(
            f"{folder}: found {_listing(folder)}, expected train.{suffixes[0]} and train.{suffixes[1]}; "
            "--from and --to set the suffixes"
        )
    test_names = [config.test] if config.test else test_sets(folder, suffixes)
    if len(test_names) > 1:
        raise SeqtransError(f"{folder}: several test sets; choose one with --test: {', '.join(test_names)}")
    test = _read_named(folder, test_names, suffixes)
    if config.test and test is None:
        raise SeqtransError(f"{folder}: no test set {config.test}.{suffixes[0]} and .{suffixes[1]}")
    corpus = split(train, _read_named(folder, VALID_NAMES, suffixes), test, config.seed)
    return corpus._replace(parts=_read_parts(folder / f"{test_names[0]}.parts", test)) if test else corpus


def shipped_folder() -> Path:
    """Return the folder of the corpus that ships: inside the package, or beside it in a checkout."""
    installed = Path(str(resources.files("seqtrans"))) / "data"
    return installed if installed.is_dir() else installed.parent.parent / "data"


def test_sets(folder: Path, suffixes: tuple[str, str]) -> list[str]:
    """Return the names of the folder's test sets; `test` itself, where it exists, is the only one."""
    names = sorted(path.name.removesuffix(f".{suffixes[0]}") for path in folder.glob(f"test*.{suffixes[0]}"))
    return ["test"] if "test" in names else names


def read_files(src: Path, tgt: Path) -> list[Pair]:
    """Read two files, line by line each other's translation. Raises `SeqtransError`."""
    src_lines, tgt_lines = read_lines(src), read_lines(tgt)
    if len(src_lines) != len(tgt_lines):
        raise SeqtransError(
            f"{src} has {len(src_lines)} lines, {tgt} has {len(tgt_lines)}; line n of one must translate "
            "line n of the other"
        )
    return [Pair(*sides) for sides in zip(src_lines, tgt_lines, strict=True)]


def read_tsv(path: Path) -> list[Pair]:
    """Read a file with source, tab, target on each line. Raises `SeqtransError`."""
    pairs = []
    for number, line in enumerate(read_lines(path, keep_tabs=True), start=1):
        fields = line.split("\t")
        if len(fields) != 2 and line:
            raise SeqtransError(
                f"{path}: line {number}: found {len(fields)} tab-separated fields, expected 2 "
                "(source, target)"
            )
        pairs.append(Pair(clean(fields[0]), clean(fields[-1])))
    return pairs


def split(train: list[Pair], valid: list[Pair] | None, test: list[Pair] | None, seed: int) -> Corpus:
    """Drop unusable training pairs and hold out valid and test sets where none are given.

    A held-out pair is one neither of whose sides occurs anywhere else, so no duplicate crosses a split.
    Held-out sets have a twentieth of the pairs each, 1,000 at the most. The same seed gives the same
    split. Raises `SeqtransError` when there are too few pairs.
    """
    train, dropped = _usable(train)
    if len(train) < MIN_PAIRS:
        raise SeqtransError(f"the corpus has {len(train)} usable pairs; training needs {MIN_PAIRS} at least")
    num_sets = (valid is None) + (test is None)
    if num_sets:
        size = min(1000, max(1, len(train) // 20))
        src_count, tgt_count = Counter(p.src for p in train), Counter(p.tgt for p in train)
        alone = [p for p in train if src_count[p.src] == 1 and tgt_count[p.tgt] == 1]
        if len(alone) < num_sets * size:
            raise SeqtransError(
                f"only {len(alone)} pairs have sentences of their own, {num_sets * size} are needed to "
                "hold out; give valid and test files"
            )
        held_out = random.Random(seed).sample(alone, num_sets * size)
        taken = set(held_out)
        train = [pair for pair in train if pair not in taken]
        if test is None:
            test = held_out[:size]
        if valid is None:
            valid = held_out[-size:]
    return Corpus(train, scorable(valid or [], "valid"), scorable(test or [], "test"), dropped, {})


def _usable(pairs: Iterable[Pair]) -> tuple[list[Pair], dict[str, int]]:
    """Return the distinct pairs with two sides of sensible length, and the count of the others."""
    dropped: Counter[str] = Counter()
    usable: dict[Pair, None] = {}
    for pair in pairs:
        if not (pair.src and pair.tgt):
            dropped["a side is blank"] += 1
        elif max(map(len, pair)) > MAX_CHARACTERS:
            dropped[f"a side has over {MAX_CHARACTERS} characters"] += 1
        elif pair in usable:
            dropped["the same pair stood before"] += 1
        else:
            usable[pair] = None
    return list(usable), dict(dropped)


def scorable(pairs: list[Pair], name: str) -> list[Pair]:
    """Return the pairs whose two sides have text; a blank line cannot be scored.

    Raises `SeqtransError` when there is none, and for a line that is too long for a sentence: to leave it
    out would change the score.
    """
    for number, pair in enumerate(pairs, start=1):
        if max(map(len, pair)) > MAX_CHARACTERS:
            raise SeqtransError(
                f"the {name} set: line {number}: found over {MAX_CHARACTERS} characters, expected "
                "a sentence; take the pair out"
            )
    with_text = [pair for pair in pairs if pair.src and pair.tgt]
    if not with_text:
        raise SeqtransError(f"the {name} set has no pair with text on both sides")
    return with_text


def check_direction(pairs: Iterable[Pair], languages: tuple[str, str], where: str, fix: str) -> None:
    """Raise `SeqtransError` when both sides are clearly in each other's language.

    Known are German and English, by their commonest words; anything else, and any doubt, passes.
    """
    sides = zip(*islice(pairs, 1000), strict=True)
    if set(languages) == set(COMMON_WORDS) and tuple(map(_language, sides)) == languages[::-1]:
        raise SeqtransError(
            f"{where}: found {languages[1]!r} text on the side of {languages[0]!r} and the reverse; "
            f"swap the two sides, or give {fix}"
        )


def _language(texts: Iterable[str]) -> str | None:
    """Return the language that has nearly all of the common words in the texts, if there are enough."""
    words = Counter(word for text in texts for word in text.lower().split())
    hits = {name: sum(words[word] for word in common) for name, common in COMMON_WORDS.items()}
    likeliest = max(hits, key=lambda name: hits[name])
    return likeliest if hits[likeliest] >= max(20, 0.95 * sum(hits.values())) else None


def _read_named(folder: Path, names: Iterable[str], suffixes: tuple[str, str]) -> list[Pair] | None:
    """Return the pairs of the first name that has a source file, or None."""
    for name in names:
        src, tgt = (folder / f"{name}.{suffix}" for suffix in suffixes)
        if os.path.exists(src):
            return read_files(src, tgt)
    return None


def _read_parts(path: Path, test: list[Pair]) -> dict[Pair, str]:
    """Return the label of each test pair, from a file with one label a line, if there is one."""
    if not path.exists():
        return {}
    labels = read_lines(path)
    if len(labels) != len(test):
        raise SeqtransError(f"{path} has {len(labels)} lines, the test set {len(test)}; one label a pair")
    return dict(zip(test, labels, strict=True))


def _listing(folder: Path) -> str:
    try:
        names = sorted(path.name for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise SeqtransError(f"{folder}: cannot be read: {error.strerror}") from None
    return ", ".join(names[:6]) + (", ..." if len(names) > 6 else "") if names else "no files"
