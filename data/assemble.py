"""Assemble the corpus: hand-written and generated pairs into train, valid and test.

`make corpus` runs it. The same sources give the same bytes. Held out are only sentences without a twin: on
neither side does another sentence of the corpus say the same, or the same but for names and numbers.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from data.grammar.people import PLACES
from data.grammar.sampling import generate

FOLDER = Path(__file__).parent
NUM_GENERATED = 13_600
HELD_OUT = {"test": {"handwritten": 200, "generated": 800}, "valid": {"handwritten": 200, "generated": 800}}
MAX_WORDS = 45
PARTS = ("handwritten", "generated")
BEGIN, END = "<!-- counts: made by make corpus -->\n", "<!-- end of counts -->\n"
TAGS = {
    "inv": "verb second, another part than the subject first: *Heute gehe ich*",
    "sub": "subordinate clause, verb last",
    "sep": "separable verb: *steht auf, aufgestanden*",
    "dat": "dative by a verb or a preposition",
    "acc": "preposition with accusative: *für, durch, ohne, um, gegen, bis*",
    "gen": "genitive",
    "adj": "adjective ending before a noun",
    "two": "two-way preposition with a place or a direction",
    "mod": "modal verb",
    "perf": "perfect or past perfect",
    "past": "simple past",
    "pass": "passive",
    "rel": "relative clause",
    "neg": "negation: *nicht, kein, nie, nichts, niemand*",
    "q": "question",
    "imp": "imperative",
    "du": "informal address: *du, ihr*",
    "sie": "formal address: *Sie*",
    "subj": "Konjunktiv II: *würde, hätte, könnte*",
    "refl": "reflexive verb",
    "inf": "infinitive with *zu*",
    "comp": "compound noun",
    "num": "number",
    "clock": "clock time",
    "date": "date, weekday or month",
    "name": "name of a person or a place",
    "idiom": "idiom, translated by its sense",
    "ambig": "word with two translations by context: *Bank, Schloss*",
    "plain": "none of these",
}
"""What makes German hard, sentence by sentence; judged by a reader (hand-written) or known by rule."""

NUMBERS = {
    *"null ein eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf sechzehn siebzehn".split(),
    *"hundert tausend million millionen milliarde zero one two three four five six seven eight nine".split(),
    *"ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen hundred".split(),
    *"thousand billion first second third fourth fifth sixth seventh eighth ninth tenth eleventh".split(),
    "twelfth",
}
NUMBER = re.compile(
    r"\d+(st|nd|rd|th)?|(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[\w-]*|\w+teenth|"
    r"(ein|zwei|drei|vier|fünf|sechs|sieb|acht|neun)?(und)?\w*(zehn|zig|ßig|hundert|tausend)(\w{0,4})|"
    r"(erst|zweit|dritt|viert|fünft|sechst|siebt|acht|neunt|zehnt|elft|zwölft)e[nmrs]?"
)
MONTHS = set("January February March April May June July August September October November December".split())
DAYS = set("Monday Tuesday Wednesday Thursday Friday Saturday Sunday Christmas Easter".split())
NO_NAMES = {"I", "I'm", "I'll", "I've", "I'd", "TV", "Mom", "Dad", "Grandma", "Grandpa", *MONTHS, *DAYS}


class Entry(NamedTuple):
    """A pair with where it comes from: `handwritten` or `generated`."""

    german: str
    english: str
    tags: tuple[str, ...]
    part: str
    topic: str = ""


def read_handwritten() -> list[Entry]:
    """Return the pairs of `handwritten/TOPIC.tsv`, topics in alphabetical order."""
    entries = []
    for path in sorted((FOLDER / "handwritten").glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            german, english, tags = line.split("\t")
            entries.append(Entry(german, english, tuple(tags.split()), "handwritten", path.stem))
    return entries


def skeletons(entry: Entry) -> tuple[str, str]:
    """Return both sides in lower case, names and numbers blotted out, punctuation dropped.

    A name is a capitalized word that stands on both sides, a place in its two forms, or a capitalized English
    word that does not begin the sentence.
    """
    german, english = (re.findall(r"[\w'.-]*\w", side) for side in entry[:2])
    english = [word.removesuffix("'s") for word in english]
    german = [word.removesuffix("s") if word.removesuffix("s") in english else word for word in german]
    shared = {word for word in german if word in english and word[0].isupper()}
    later = {word for word in english[1:] if word[0].isupper() and word not in NO_NAMES}
    names = shared | later | set(PLACES) | set(PLACES.values())
    return _blot(german, names), _blot(english, names)


def _blot(words: Iterable[str], names: set[str]) -> str:
    kinds = ["@" if word in names else "#" if _is_number(word.lower()) else word.lower() for word in words]
    return re.sub(r"#( #)+", "#", " ".join(kinds))


def _is_number(word: str) -> bool:
    return word in NUMBERS or NUMBER.fullmatch(word) is not None


def by_hash(entry: Entry) -> str:
    """Return a key whose order looks random and never changes."""
    return hashlib.sha256(f"{entry.german}\t{entry.english}".encode()).hexdigest()


def assemble() -> dict[str, list[Entry]]:
    """Return the entries of `train`, `valid` and `test`, each in the order of its file."""
    generated = [Entry(*texts, tags, "generated") for *texts, tags in generate(NUM_GENERATED)]
    entries = _without_doubles([*read_handwritten(), *generated])
    keys = [skeletons(entry) for entry in entries]
    counts = [Counter(side) for side in zip(*keys, strict=True)]
    alone = [
        entry
        for entry, key in zip(entries, keys, strict=True)
        if all(count[skeleton] == 1 for count, skeleton in zip(counts, key, strict=True))
    ]
    alone.sort(key=by_hash)
    splits: dict[str, list[Entry]] = {}
    held_out: set[Entry] = set()
    for name, wanted in HELD_OUT.items():
        chosen = []
        for part, number in wanted.items():
            free = [entry for entry in alone if entry.part == part and entry not in held_out]
            chosen += free[:number]
            held_out |= set(free[:number])
        splits[name] = sorted(chosen, key=by_hash)
    train = [entry for entry in entries if entry not in held_out]
    return {"train": sorted(train, key=by_hash), **splits}


def _without_doubles(entries: Sequence[Entry]) -> list[Entry]:
    """Keep the first of pairs that are equal, and no pair that is too long."""
    kept = {}
    for entry in entries:
        if max(len(side.split()) for side in entry[:2]) <= MAX_WORDS:
            kept.setdefault((entry.german, entry.english), entry)
    return list(kept.values())


def files(splits: dict[str, list[Entry]]) -> dict[str, str]:
    """Return the text of each file, by name; `.parts` says of each line where it comes from."""
    texts = {}
    for name, entries in splits.items():
        texts[f"{name}.de"] = "".join(f"{entry.german}\n" for entry in entries)
        texts[f"{name}.en"] = "".join(f"{entry.english}\n" for entry in entries)
    texts["test.parts"] = "".join(f"{entry.part}\n" for entry in splits["test"])
    return texts


def counts(splits: dict[str, list[Entry]]) -> str:
    """Return the tables of the datasheet."""
    entries = list(chain.from_iterable(splits.values()))
    lines = ["| file | pairs | hand-written | generated | German words | median words | above 20 words |"]
    lines.append("|---|---|---|---|---|---|---|")
    for name, part in splits.items():
        lengths = sorted(len(entry.german.split()) for entry in part)
        long = sum(length > 20 for length in lengths) / len(lengths)
        written = sum(entry.part == "handwritten" for entry in part)
        lines.append(
            f"| {name} | {len(part):,} | {written:,} | {len(part) - written:,} | {sum(lengths):,} "
            f"| {lengths[len(lengths) // 2]} | {long:.1%} |"
        )
    topics = Counter(entry.topic for entry in entries if entry.part == "handwritten")
    lines += ["", "| topic (hand-written) | pairs |", "|---|---|"]
    lines += [f"| {topic} | {number:,} |" for topic, number in sorted(topics.items())]
    tags = {part: Counter(t for entry in entries if entry.part == part for t in entry.tags) for part in PARTS}
    lines += ["", "| tag | what it marks | hand-written | generated |", "|---|---|---|---|"]
    lines += [
        f"| {tag} | {what} | {tags['handwritten'][tag]:,} | {tags['generated'][tag]:,} |"
        for tag, what in TAGS.items()
    ]
    forms = {word for entry in splits["train"] for word in re.findall(r"\w+", entry.german)}
    lines += ["", f"Different German word forms in train: {len(forms):,}."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the files and the tables of the datasheet, and print the tables."""
    splits = assemble()
    for name, text in files(splits).items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
    datasheet = FOLDER / "README.md"
    before, _, rest = datasheet.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    datasheet.write_text(f"{before}{BEGIN}{counts(splits)}{END}{after}", encoding="utf-8", newline="\n")
    print(counts(splits))


if __name__ == "__main__":
    main()
