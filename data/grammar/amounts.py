"""Amounts: numerals, measures (a cup of tea, two kilos of apples) and lists (bread, cheese and apples)."""

import random

from .nounphrase import NounPhrase, UnfitError
from .words import Noun, lexicon

NUMERALS = (
    ("zwei", "two"), ("drei", "three"), ("vier", "four"), ("fünf", "five"), ("sechs", "six"),
    ("sieben", "seven"), ("acht", "eight"), ("neun", "nine"), ("zehn", "ten"), ("elf", "eleven"),
    ("zwölf", "twelve"),
)  # fmt: skip
TENS = (
    ("zwanzig", "twenty"), ("dreißig", "thirty"), ("vierzig", "forty"), ("fünfzig", "fifty"),
    ("hundert", "a hundred"),
)  # fmt: skip
MEASURE_NOUNS = {
    "cup": ("Tasse", "Tassen", "f", "cup"),
    "glass": ("Glas", "Gläser", "n", "glass"),
    "bottle": ("Flasche", "Flaschen", "f", "bottle"),
    "piece": ("Stück", "Stück", "n", "piece"),
    "kilo": ("Kilo", "Kilo", "n", "kilo"),
}


def numeral(rng: random.Random, low: int = 2, high: int = 6) -> tuple[str, str]:
    """Return a number from low to high in both languages, in words or in digits."""
    number = rng.randint(low, high)
    if rng.random() < 0.4:
        return str(number), str(number)
    return NUMERALS[number - 2]


def measured(rng: random.Random, measure: str, noun: Noun) -> NounPhrase:
    """Return an amount of something: eine Tasse Tee, zwei Kilo Äpfel."""
    singular, plural, gender, english_measure = MEASURE_NOUNS[measure]
    several = bool(noun.plural) and measure == "kilo"
    content = noun.plural[0] if several else noun.singular[0]
    english_content = noun.english_plural if several else noun.english
    if measure == "kilo":
        number = numeral(rng, 2, 4)
        measure_cases = (plural, plural, plural if measure in ("piece", "kilo") else _dative(plural), plural)
        german = tuple(f"{number[0]} {form} {content}" for form in measure_cases)
        text = (
            f"{number[1]} {english_measure}{'es' if english_measure == 'glass' else 's'} of {english_content}"
        )
        return NounPhrase(
            german,
            text,
            "they",
            "quantified",
            "p",
            noun.key,
            english_is_plural=True,
            tags=("num", *noun.tags),
            noun=noun,
        )
    articles = {"f": ("eine", "eine", "einer", "einer"), "n": ("ein", "ein", "einem", "eines")}[gender]
    german = tuple(f"{article} {singular} {content}" for article in articles)
    text = f"a {english_measure} of {english_content}"
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


def counted(key: str, number: int) -> tuple[str, str]:
    """Return "drei Stunden", "three hours" for a noun and a number from two to twelve."""
    noun = lexicon().nouns[key]
    german, text = NUMERALS[number - 2]
    return f"{german} {noun.plural[0]}", f"{text} {noun.english_plural}"


def _dative(plural: str) -> str:
    return plural if plural.endswith("n") else plural + "n"
