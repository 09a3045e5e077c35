"""Tags: which difficulties a sentence contains, from the rules that made it.

Most tags come from the clause (case, tense, modal verb, ...). The fixed words of a frame are looked up:
prepositions, numerals, inflected adjectives and nouns that the lexicon marks.
"""

from collections.abc import Iterable
from functools import cache

from . import declension
from .amounts import NUMERALS, TENS
from .clauses import Clause
from .declension import (
    ACCUSATIVE_PREPOSITIONS,
    CONTRACTIONS,
    DATIVE_PREPOSITIONS,
    TWO_WAY_PREPOSITIONS,
)
from .filling import Part
from .words import lexicon

ORDER = (
    "inv sub sep dat acc gen adj two mod perf past pass rel neg q imp du sie subj refl inf comp num "
    "clock date name idiom ambig plain"
).split()
CONTRACTED = {short: phrase.split(" ")[0] for phrase, short in CONTRACTIONS.items()}
DATIVE_CONTRACTED = ("beim", "zum", "zur", "vom")
DATIVE_ARTICLES = ("der", "dem", "einem", "einer", "meinem", "meiner", "diesem", "dieser")
NEGATIVE = ("nicht", "nichts", "nie", "niemand", "kein", "keine", "keinen", "keinem", "keiner")
DAYS = "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split()
MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
NUMBERS = frozenset(german for german, _ in (*NUMERALS, *TENS))
PLAIN_TENSES = ("sein", "haben")


def of_clause(clause: Clause) -> list[str]:
    """Return the tags that a clause brings, whatever its place in the sentence."""
    tags = [*clause.subject.tags]
    filled = clause.filled
    verb = filled.verb
    if clause.dative_subject:
        tags.append("dat")
    if clause.subject.relative:
        tags += ["rel", *clause.subject.relative.tags]
    for part in filled.german:
        tags += _of_part(part)
        if not clause.is_gap(part.index):
            tags += part.tags
    if verb.prefix:
        tags.append("sep")
    if filled.frame.has("idiom"):
        tags.append("idiom")
    if clause.modal:
        tags.append("mod")
    if clause.passive:
        tags.append("pass")
    if clause.tense == "perfect":
        tags.append("perf")
    if clause.tense.startswith("konjunktiv"):
        tags.append("subj")
    if clause.tense == "pluperfect":
        tags.append("past")
    if clause.tense == "past" and not clause.modal and verb.bare not in PLAIN_TENSES and not clause.passive:
        tags.append("past")
    if clause.negated:
        tags.append("neg")
    for adverbial in (*clause.times, clause.frequency, clause.attitude):
        if adverbial:
            tags += adverbial.tags
    return tags


def _of_part(part: Part) -> list[str]:
    """Return the tags of a constituent, without those of the phrase in it."""
    if part.kind == "text":
        return of_text(part.german)
    tags = ["refl"] if part.kind == "reflexive" else []
    if part.case == "dat" and part.preposition not in TWO_WAY_PREPOSITIONS:
        tags.append("dat")
    if part.kind == "slot" and (part.case == "gen" or part.preposition in ACCUSATIVE_PREPOSITIONS):
        tags.append(part.case)
    if part.preposition in TWO_WAY_PREPOSITIONS:
        tags.append("two")
    return tags


def of_text(text: str) -> list[str]:
    """Return the tags of fixed German words."""
    words = text.split(" ")
    tags: list[str] = []
    nouns, adjectives = _noun_tags(), _adjective_forms()
    for number, word in enumerate(words):
        following = words[number + 1] if number + 1 < len(words) else ""
        preposition = CONTRACTED.get(word, word)
        if preposition in TWO_WAY_PREPOSITIONS and (following or word in CONTRACTED):
            tags.append("two")
        if word in DATIVE_CONTRACTED or (preposition in DATIVE_PREPOSITIONS and following[:1].isupper()):
            tags.append("dat")
        if preposition in DATIVE_PREPOSITIONS and following in (*DATIVE_ARTICLES, "den"):
            tags.append("dat")
        if word in ("des", "eines", "wegen", "trotz"):
            tags.append("gen")
        if word in ACCUSATIVE_PREPOSITIONS and following and following not in (*NUMBERS, "halb", "Viertel"):
            tags.append("acc")
        if word in NEGATIVE:
            tags.append("neg")
        if word in NUMBERS or word.isdigit():
            tags.append("num")
        if word in DAYS or word in MONTHS:
            tags.append("date")
        if word in adjectives and following[:1].isupper():
            tags.append("adj")
        if word == "Uhr" and number and (words[number - 1].isdigit() or words[number - 1] in NUMBERS):
            tags.append("clock")
        tags += nouns.get(word, ())
    return tags


def finish(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tags in their fixed order, "plain" if there is none. Raises `ValueError` for others."""
    present = set(tags)
    if unknown := present - set(ORDER):
        raise ValueError(f"unknown tags: {sorted(unknown)}")
    return tuple(tag for tag in ORDER if tag in present) or ("plain",)


@cache
def _noun_tags() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for noun in lexicon().nouns.values():
        for form in (*noun.singular, *noun.plural):
            table.setdefault(form, noun.tags)
    return table


@cache
def _adjective_forms() -> frozenset[str]:
    endings = ("e", "en", "er", "es", "em")
    stems = [
        stem
        for entry in lexicon().adjectives.values()
        for stem in (entry.stem, declension.attributive_stem(entry.comparative), entry.superlative)
        if stem
    ]
    return frozenset(stem + ending for stem in stems for ending in endings)
