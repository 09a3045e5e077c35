"""The lexicon: nouns, adjectives, verbs and adverbials with their translations and classes.

Rows become frozen dataclasses here; everything later asks `lexicon()` for them. A word with two
translations has two entries, told apart by a note in parentheses: Decke is a blanket, Decke(ceiling)
is not. Entries are found by the word with its note.
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from . import declension, english
from .conjugation import Verb, make_verb
from .tables import names_in, read_table


@dataclass(frozen=True)
class Noun:
    """A noun with all its forms; `classes` say what it can stand for, `tags` go to the output."""

    key: str
    gender: str
    singular: tuple[str, ...]
    plural: tuple[str, ...]
    """Empty for nouns that have no plural."""
    english: str
    english_plural: str
    number: str
    """What the English word is: "count", "mass" (bread), "plural" (pants) or "one" (a headache)."""
    classes: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def is_mass(self) -> bool:
        """Tell whether the noun takes no article when it is indefinite."""
        return not self.plural

    @property
    def is_person(self) -> bool:
        """Tell whether he or she, not it, stands for the noun."""
        return not PERSON_CLASSES.isdisjoint(self.classes)


PERSON_CLASSES = frozenset(
    "kin adult young child baby human group friend colleague boss teacher job guest customer patient student "
    "spouse player passenger fairy tourist stranger".split()
)


@dataclass(frozen=True)
class Adjective:
    """An adjective, its comparison and the classes that it fits before a noun and after sein."""

    key: str
    german: str
    stem: str
    comparative: str
    superlative: str
    english: str
    attributive: tuple[str, ...]
    predicative: tuple[str, ...]
    marks: tuple[str, ...]
    """Patterns of comparison that may use it: cmp, sup, too."""


class Adverbial(NamedTuple):
    """A fixed phrase of time or attitude, or an adverb; `moments` and `parts` say which clauses it fits."""

    german: str
    english: str = ""
    kind: str = "frequency"
    moments: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Lexicon(NamedTuple):
    """All entries by key, and the nouns by class."""

    nouns: dict[str, Noun]
    adjectives: dict[str, Adjective]
    verbs: dict[str, Verb]
    adverbials: tuple[Adverbial, ...]
    nouns_of: dict[str, tuple[Noun, ...]]
    adjectives_of: dict[str, tuple[Adjective, ...]]


@cache
def lexicon() -> Lexicon:
    """Read the tables, once."""
    rows = [row for name in names_in("lexicon", ".tsv") if "nouns" in name for row in read_table(name, 6)]
    nouns = {row[0]: make_noun(*row) for row in rows}
    adjectives = {row[0]: make_adjective(*row) for row in read_table("lexicon/adjectives.tsv", 7)}
    verbs = {
        row[0].replace("|", ""): make_verb(_word(row[0]), *row[1:5])
        for row in read_table("lexicon/verbs.tsv", 6)
    }
    adverbials = tuple(make_adverbial(*row) for row in read_table("lexicon/adverbials.tsv", 6))
    nouns_of: dict[str, list[Noun]] = {}
    for noun in nouns.values():
        for name in noun.classes:
            nouns_of.setdefault(name, []).append(noun)
    adjectives_of: dict[str, list[Adjective]] = {}
    for entry in adjectives.values():
        for name in entry.attributive:
            adjectives_of.setdefault(name, []).append(entry)
    return Lexicon(
        nouns,
        adjectives,
        verbs,
        adverbials,
        {name: tuple(entries) for name, entries in nouns_of.items()},
        {name: tuple(entries) for name, entries in adjectives_of.items()},
    )


def make_noun(key: str, gender: str, plural: str, english_word: str, classes: str, marks: str) -> Noun:
    """Build a noun from its row. The English word may end in ~ (mass), * (plural) or = (one, with a)."""
    german = _word(key)
    genitive = next((mark[4:] for mark in marks.split() if mark.startswith("gen=")), "")
    weak = "weak" in marks.split()
    number = {"~": "mass", "*": "plural", "=": "one"}.get(english_word[-1], "count")
    word = english_word.rstrip("~*=")
    if number == "count" and plural == "-":
        number = "mass"
    singular, _, given_plural = word.partition("/")
    if gender == "p":
        forms: tuple[str, ...] = ()
        plural_forms = declension.plural_cases(german)
        if number == "count":
            number = "plural"
    else:
        forms = declension.noun_cases(german, gender, plural, weak=weak, genitive=genitive)
        plural_forms = () if plural == "-" else declension.plural_cases(plural)
    english_plural = (
        singular if number in ("plural", "mass", "one") else given_plural or english.plural(singular)
    )
    tags = tuple(mark for mark in marks.split() if mark in ("comp", "ambig"))
    return Noun(
        key,
        gender,
        forms,
        plural_forms,
        singular,
        english_plural,
        number,
        tuple(classes.split()),
        tags,
    )


def make_adjective(
    key: str,
    comparative: str,
    superlative: str,
    english_word: str,
    attributive: str,
    predicative: str,
    marks: str,
) -> Adjective:
    """Build an adjective from its row; "-" in the comparative means that it has none."""
    german = _word(key)
    if comparative == "-":
        comparative = superlative = ""
    else:
        comparative = comparative or german + ("r" if german.endswith("e") else "er")
        superlative = superlative or german + (
            "est" if german.endswith(("t", "d", "s", "ß", "z", "sch")) else "st"
        )
    return Adjective(
        key,
        german,
        declension.attributive_stem(german),
        comparative,
        superlative,
        english_word,
        tuple(attributive.split()),
        tuple(predicative.split()),
        tuple(marks.split()),
    )


def make_adverbial(
    german: str, english_phrase: str, kind: str, moments: str, parts: str, tags: str
) -> Adverbial:
    """Build an adverbial from its row."""
    return Adverbial(
        _word(german), english_phrase, kind, tuple(moments.split()), tuple(parts.split()), tuple(tags.split())
    )


def _word(key: str) -> str:
    """Return the key without its note: Decke(ceiling), hängen:weak."""
    return key.partition("(")[0].partition(":")[0]
