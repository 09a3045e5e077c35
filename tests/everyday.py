"""Count how many of 50 everyday sentences a run translates right.

`python -m tests.everyday [RUN]` prints each that it does not, beside what would have been right. The
sentences (`everyday.tsv`) were written apart from the corpus and never used to choose anything.
"""

import re
import sys
from pathlib import Path
from typing import NamedTuple

from seqtrans import load
from seqtrans.runs import newest_run


class Everyday(NamedTuple):
    """A German sentence and its translations that count as right."""

    german: str
    english: list[str]


def sentences() -> list[Everyday]:
    """Read the list."""
    lines = Path(__file__).with_name("everyday.tsv").read_text(encoding="utf-8").splitlines()
    return [Everyday(german, english) for german, *english in (line.split("\t") for line in lines)]


def is_right(translation: str, references: list[str]) -> bool:
    """Say whether the words are those of one of the references, whatever case and punctuation."""
    return words(translation) in map(words, references)


def words(text: str) -> list[str]:
    """Return the words of a sentence, in lower case."""
    return re.findall(r"[\w']+", text.lower())


def main(run: Path) -> None:
    """Translate the list with a run."""
    every = sentences()
    translations = load(run).translate([sentence.german for sentence in every])
    wrong = [
        (sentence, text)
        for sentence, text in zip(every, translations, strict=True)
        if not is_right(text, sentence.english)
    ]
    for sentence, text in wrong:
        print(f"source     {sentence.german}\nmodel      {text}\nreference  {sentence.english[0]}")
    print(f"{run}: {len(every) - len(wrong)} of {len(every)} right, word for word")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else newest_run(Path("runs")))
