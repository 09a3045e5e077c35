"""Amounts: numerals, measures (a cup of tea) and lists (bread, cheese and apples)."""

import random

from .declension import ein_word
from .nounphrase import NounPhrase, UnfitError
from .words import Noun

NUMERALS = (
    ("zwei", "two"), ("drei", "three"), ("vier", "four"), ("fünf", "five"), ("sechs", "six"),
    ("sieben", "seven"), ("acht", "eight"), ("neun", "nine"), ("zehn", "ten"), ("elf", "eleven"),
    ("zwölf", "twelve"),
)  # fmt: skip
TENS = (
    ("zwanzig", "twenty"), ("dreißig", "thirty"), ("vierzig", "forty"), ("fünfzig", "fifty"),
    ("hundert", "a hundred"),
)  # fmt: skip
MEASURES = {
    "cup": ("Tasse", "f"),
    "glass": ("Glas", "n"),
    "bottle": ("Flasche", "f"),
    "piece": ("Stück", "n"),
}
"""German nouns with their gender, by the English ones."""


def numeral(rng: random.Random, low: int = 2, high: int = 6) -> tuple[str, str]:
    """Return a number from low to high in both languages, in words or in digits."""
    number = rng.randint(low, high)
    if rng.random() < 0.4:
        return str(number), str(number)
    return NUMERALS[number - 2]


def measured(measure: str, noun: Noun) -> NounPhrase:
    """Return an amount of something: eine Tasse Tee, a cup of tea."""
    word, gender = MEASURES[measure]
    german = tuple(f"{article} {word} {noun.singular[0]}" for article in ein_word("ein", gender))
    text = f"a {measure} of {noun.english}"
    person = "it-f" if gender == "f" else "es"
    return NounPhrase(german, text, person, "indefinite", gender, noun.key, tags=noun.tags, noun=noun)


def enumeration(phrases: list[NounPhrase]) -> NounPhrase:
    """Join bare phrases: Brot, Käse und Äpfel."""
    if len({phrase.lemma for phrase in phrases}) < len(phrases):
        raise UnfitError("the same noun twice in a list")
    german = []
    for number in range(4):
        *first, last = (phrase.german[number] for phrase in phrases)
        german.append(f"{', '.join(first)} und {last}")
    *first, last = (phrase.english for phrase in phrases)
    comma = "," if len(phrases) > 2 else ""
    tags = tuple(dict.fromkeys(tag for phrase in phrases for tag in phrase.tags))
    lemma = "+".join(phrase.lemma for phrase in phrases)
    text = f"{', '.join(first)}{comma} and {last}"
    return NounPhrase(
        tuple(german),
        text,
        "they",
        "bare",
        "p",
        lemma,
        english_is_plural=True,
        tags=tags,
        noun=phrases[0].noun,
    )
