"""Noun phrases in both languages at once: determiner, adjective, noun, and the pronoun for them.

A `NounPhrase` is finished text in four German cases and in English, with what must agree with it.
"""

from dataclasses import dataclass, replace
from typing import cast

from . import declension, english
from .conjugation import Agreement
from .declension import CASES, PRONOUNS, Case
from .words import Adjective, Noun


class UnfitError(Exception):
    """A combination that the grammar refuses; the sampler draws again."""


@dataclass(frozen=True)
class Clausal:
    """A relative clause: text in both languages, without the German commas around it."""

    german: str
    english: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class NounPhrase:
    """A noun phrase or pronoun; `person` is a key of `PRONOUNS` and decides all agreement."""

    german: tuple[str, ...]
    english: str
    person: str
    form: str
    """"pronoun", "name", "definite", "indefinite", "bare", "quantified" or "question"."""
    gender: str
    lemma: str
    english_subject: str = ""
    english_is_plural: bool = False
    tags: tuple[str, ...] = ()
    noun: Noun | None = None
    relative: Clausal | None = None
    modified: bool = False
    """An adjective stands before the noun."""
    owned: bool = False
    """A possessive stands before the noun."""

    def case(self, case: Case) -> str:
        """Return the German form in a case."""
        return self.german[CASES.index(case)]

    @property
    def subject(self) -> str:
        """Return the English subject form."""
        return self.english_subject or self.english

    @property
    def agreement(self) -> Agreement:
        """Return the agreement of the German verb."""
        if self.person in ("ich", "du", "wir", "ihr"):
            return cast(Agreement, self.person)
        return "sie" if self.person in ("they", "Sie") else "er"

    @property
    def english_agreement(self) -> str:
        """Return "I", "you", "it" or "we" for the English verb."""
        if self.person == "ich":
            return "I"
        if self.person in ("du", "ihr", "Sie", "man"):
            return "you"
        return "we" if self.person == "wir" or self.english_is_plural else "it"

    @property
    def is_definite(self) -> bool:
        """Tell whether the phrase can be topic: it may stand first and goes before adverbials."""
        return self.form in ("pronoun", "name", "definite")

    @property
    def can_own(self) -> bool:
        """Tell whether pronouns and possessives may refer to the phrase."""
        return self.person != "es" and self.form != "question"


def pronoun(key: str, tags: tuple[str, ...] = ()) -> NounPhrase:
    """Return a personal pronoun as a noun phrase."""
    entry = PRONOUNS[key]
    gender = {"they": "p", "wir": "p", "ihr": "p", "Sie": "p", "it-f": "f", "sie": "f", "es": "n"}.get(
        key, "m"
    )
    return NounPhrase(
        german=(*entry.german, ""),
        english=entry.english_object,
        person=key,
        form="pronoun",
        gender=gender,
        lemma=key,
        english_subject=entry.english,
        english_is_plural=entry.english == "they",
        tags=tags,
    )


def pronoun_for(phrase: NounPhrase) -> NounPhrase:
    """Return the pronoun that stands for a phrase at its second mention."""
    if phrase.form == "pronoun":
        return phrase
    if not phrase.can_own and phrase.noun is not None and phrase.noun.is_person:
        raise UnfitError(f"no pronoun for {phrase.english}")
    result = pronoun(phrase.person)
    if phrase.noun is not None and not phrase.noun.is_person:
        plural = phrase.english_is_plural
        pet = is_pet(phrase.noun) and not plural
        if pet and phrase.gender not in PET_PRONOUNS:
            raise UnfitError("it, of somebody's kitten")
        subject, object_ = (
            PET_PRONOUNS[phrase.gender] if pet else ("they", "them") if plural else ("it", "it")
        )
        result = replace(result, english=object_, english_subject=subject, english_is_plural=plural)
    return replace(result, lemma=phrase.lemma, gender=phrase.gender, noun=phrase.noun)


PETS = frozenset(("pet", "barker", "catlike"))
PET_PRONOUNS = {"m": ("he", "him"), "f": ("she", "her")}


def is_pet(noun: Noun) -> bool:
    """Tell whether English says he or she of an animal, by the German gender."""
    return not PETS.isdisjoint(noun.classes)


def person_of(noun: Noun, *, plural: bool) -> str:
    """Return the pronoun key that agrees with a noun."""
    if plural or noun.gender == "p":
        return "they"
    if noun.gender == "n":
        return "es"
    if noun.is_person:
        return {"m": "er", "f": "sie"}[noun.gender]
    return f"it-{noun.gender}"


def build(
    noun: Noun,
    determiner: str,
    adjective: Adjective | None = None,
    *,
    owner: NounPhrase | None = None,
    number: tuple[str, str] | None = None,
    english_determiner: str = "",
) -> NounPhrase:
    """Build a noun phrase.

    `determiner` is one of the names in `_german_determiner`; a plural one ends in "s" (thes, mys) or is
    plural by itself. `owner` is whose "my" it is. `number` is a numeral in both languages.
    """
    plural = determiner in PLURAL_DETERMINERS or noun.gender == "p"
    if (plural and not noun.plural) or (not plural and not noun.singular):
        raise UnfitError(f"{noun.key} has no such number")
    gender = "p" if plural else noun.gender
    words, ending = _german_determiner(determiner, gender, owner, number[0] if number else "")
    nouns = noun.plural if plural else noun.singular
    adjectives = declension.adjective(adjective.stem, ending, gender) if adjective else ("",) * 4
    german = tuple(
        " ".join(part for part in parts if part) for parts in zip(words, adjectives, nouns, strict=True)
    )
    marks = {"adj": adjective, "num": number, "neg": determiner in ("no", "nos")}
    return NounPhrase(
        german=german,
        english=_english(noun, english_determiner or determiner, adjective, plural, owner, number),
        person=person_of(noun, plural=plural),
        form=_form(determiner),
        gender=gender,
        lemma=noun.key,
        english_is_plural=_is_plural(noun, plural=plural),
        tags=(*noun.tags, *(tag for tag, present in marks.items() if present)),
        noun=noun,
        modified=adjective is not None,
        owned=determiner in ("my", "mys"),
    )


def genitive(noun: Noun, owner: NounPhrase) -> NounPhrase:
    """Return a noun with its owner in the genitive: das Fahrrad meiner Schwester, Annas Fahrrad."""
    phrase = build(noun, "the")
    if owner.form == "name":
        if owner.lemma.endswith(("s", "x", "z")):
            raise UnfitError("a name that takes no s")
        forms = noun.plural if noun.gender == "p" else noun.singular
        german = tuple(f"{owner.lemma}s {form}" for form in forms)
    else:
        german = tuple(f"{form} {owner.case('gen')}" for form in phrase.german)
    text = owner.english + ("'" if owner.english_is_plural and owner.english.endswith("s") else "'s")
    word = noun.english_plural if noun.gender == "p" else noun.english
    tags = (*phrase.tags, *owner.tags, "gen")
    return replace(phrase, german=german, english=f"{text} {word}", tags=tags, owned=True)


PLURAL_DETERMINERS = ("thes", "mys", "theses", "nos", "bares", "number", "some", "many", "all")


def _german_determiner(
    name: str, gender: str, owner: NounPhrase | None, number: str
) -> tuple[tuple[str, ...], declension.Ending]:
    """Return the four forms of a determiner and which adjective endings follow it."""
    if name in ("the", "thes"):
        return declension.DEFINITE[gender], "weak"
    if name == "a":
        return (declension.ein_word("ein", gender), "mixed") if gender != "p" else (("",) * 4, "strong")
    if name in ("my", "mys"):
        if owner is None or not owner.can_own:
            raise UnfitError("nobody owns it")
        return declension.ein_word(PRONOUNS[owner.person].possessive, gender), "mixed"
    if name in ("no", "nos"):
        return declension.ein_word("kein", gender), "mixed"
    if name in ("this", "theses"):
        return declension.der_word("dies", gender), "weak"
    if name == "which":
        return declension.der_word("welch", gender), "weak"
    if name == "all":
        return declension.der_word("all", gender), "weak"
    if name == "many":
        return declension.der_word("viel", gender), "strong"
    fixed = {"bare": "", "bares": "", "some": "ein paar", "number": number}
    return (fixed[name],) * 4, "strong"


def _english(
    noun: Noun,
    determiner: str,
    adjective: Adjective | None,
    plural: bool,
    owner: NounPhrase | None,
    number: tuple[str, str] | None,
) -> str:
    """Return the English phrase."""
    word = noun.english_plural if plural else noun.english
    if determiner in ("a", "number") and noun.number == "plural" and noun.singular:
        word = f"{'pair' if determiner == 'a' else 'pairs'} of {word}"
    phrase = f"{adjective.english} {word}" if adjective else word
    if determiner in ("a", "bare", "bares"):
        if noun.number == "one" or (
            determiner == "a"
            and (noun.number == "count" or " of " in word)
            and not plural
            and not noun.is_mass
        ):
            return english.with_article(phrase)
        return phrase
    if determiner == "number":
        assert number is not None
        return f"{number[1]} {phrase}"
    if determiner in ("my", "mys"):
        assert owner is not None
        return f"{_possessive(owner)} {phrase}"
    several = _is_plural(noun, plural=plural)
    words = {
        "the": "the",
        "thes": "the",
        "this": "these" if several else "this",
        "theses": "these" if several else "this",
        "which": "which",
        "all": "all the",
        "some": "a few" if several else "a little",
        "many": "a lot of",
        "any": "any",
        "no": "no",
        "nos": "no",
    }
    return f"{words[determiner]} {phrase}"


def _possessive(owner: NounPhrase) -> str:
    """Return the English possessive pronoun for an owner."""
    if owner.person.startswith("it-") and owner.english_is_plural:
        return "their"
    if owner.noun is not None and is_pet(owner.noun) and not owner.english_is_plural:
        return {"m": "his", "f": "her"}.get(owner.gender, "its")
    return "its" if owner.english == "it" else PRONOUNS[owner.person].english_possessive


def _is_plural(noun: Noun, *, plural: bool) -> bool:
    """Tell whether the English noun is plural: pants always, bread never."""
    return noun.number == "plural" or (plural and noun.number == "count")


def _form(determiner: str) -> str:
    if determiner in ("the", "thes", "my", "mys", "this", "theses", "all"):
        return "definite"
    if determiner == "a":
        return "indefinite"
    if determiner in ("bare", "bares"):
        return "bare"
    return "question" if determiner == "which" else "quantified"
