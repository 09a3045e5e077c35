"""Relative clauses: in all cases, with prepositions, in the middle and at the end of the sentence."""

from collections.abc import Collection
from dataclasses import replace
from functools import cache

from . import english_order, german_order, tags
from .clauses import Clause, Moment, Tense
from .declension import CASES, RELATIVE, TWO_WAY_PREPOSITIONS, Case
from .filling import Part, nouns_named
from .frames import Scene, book
from .maker import Maker, Sentence
from .notation import PERSON_KINDS, REFERENCES, Frame, Slot
from .nounphrase import Clausal, NounPhrase, UnfitError, build
from .words import lexicon

INNER = "ich ich du wir wir".split()
SEEN = ("arbeiten", "sitzen", "stehen", "warten", "tanzen", "telefonieren")
"""What one can see somebody do."""


def described_person(maker: Maker, scene: Scene) -> Sentence:
    """Kennst du die Frau, die gerade telefoniert? Ich habe einen Freund, der gern kocht."""
    frame = scene.frame
    name = frame.subject.choices[0].names[0] if frame.subject else ""
    if (
        name not in ("person", "adult")
        or frame.has("nodu")
        or (frame.subject and frame.subject.case == "dat")
    ):
        raise UnfitError("not about people")
    if frame.has("small") or frame.aspect == "event" or frame.has("idiom") or frame.verb == "haben":
        raise UnfitError("too small to know somebody by")
    if frame.aspect == "state" and not frame.has("years"):
        raise UnfitError("too small to know somebody by")
    opening = maker.rng.choice(OPENINGS)
    german, english, mark, keys, determiner, extra = opening
    noun = lexicon().nouns[maker.rng.choice(keys.split())]
    head = build(noun, determiner)
    gladly = frame.has("fun") and frame.has("often") and determiner == "a"
    moment: Moment = "habit" if gladly else "none"
    if frame.aspect == "act" and (frame.has("nonow") or (determiner == "a" and moment == "none")):
        raise UnfitError("not now")
    if frame.aspect == "act" and determiner == "the" and frame.verb not in SEEN:
        raise UnfitError("over soon")
    inner = maker.clause(frame, head, moment=moment, group_chance=0.5)
    if gladly:
        inner = replace(inner, liking="gern")
    relative, relative_english = _subject_relative(inner)
    case: Case = "acc" if determiner == "a" or "kenn" in german else "nom"
    whole = f"{german.replace('@', head.case(case))}, {relative}"
    whole_english = f"{english.replace('@', head.english)} {relative_english}"
    extra_tags = [*extra.split(), *head.tags, *tags.of_clause(inner), "rel"]
    signature = f"{german.replace('@', 'N')} {german_order.subordinate(inner, 'der', with_subject=False)[1]}"
    return maker.finish(whole, whole_english, extra_tags, signature, mark)


OPENINGS: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("kennst du @", "do you know @", "?", "Mann Frau Student Nachbarin", "the", "q du"),
    ("kennen Sie @", "do you know @", "?", "Mann Frau Herr Dame Nachbar", "the", "q sie"),
    ("das ist @", "that's @", ".", "Mann Frau Kollegin Nachbarin Student Lehrer Lehrerin", "the", ""),
    ("ich habe @", "I have @", ".", "Freund Freundin Kollege Kollegin Nachbar Nachbarin", "a", ""),
    ("wer ist @", "who's @", "?", "Mann Frau Dame Student", "the", "q"),
    ("ich kenne @", "I know @", ".", "Student Lehrerin Ärztin Bauer Gärtner Musiker", "a", ""),
)


GETTING = ("kaufen", "schenken", "bekommen", "leihen", "ausleihen", "finden")
MAKING = tuple(
    "kochen backen bestellen lesen sehen ansehen tragen waschen "
    "reparieren schreiben stricken nähen benutzen".split()
)
"""Verbs by which one knows a thing."""


def judged(maker: Maker, scene: Scene) -> Sentence:
    """Die Suppe, die Anna gekocht hat, schmeckt sehr gut."""
    frame = scene.frame
    if not frame.has("evaluation"):
        raise UnfitError("no judgment")
    subject = maker.subject(frame)
    if subject.noun is None or subject.form != "definite" or subject.owned:
        raise UnfitError("nothing in particular")
    if maker.chance(0.35) and not frame.has("two"):
        clausal = describe(maker, subject, ())
    else:
        uses = uses_of(subject.noun.key)
        if frame.has("two"):
            uses = tuple(use for use in uses if use[0].frame.verb in GETTING)
        uses = tuple(use for use in uses if use[0].frame.verb in (*GETTING, *MAKING))
        if not uses:
            raise UnfitError("nobody has done anything to it")
        action, index = maker.rng.choice(uses)
        clausal = _from_action(maker, action, index, subject)
    subject = replace(subject, relative=clausal)
    main = maker.clause(frame, subject)
    german, english, tag_list, signature = maker.state(main)
    return maker.finish(german, english, tag_list, signature)


def with_relative(maker: Maker, main: Clause) -> Clause:
    """Describe the last noun phrase of a clause by a relative clause."""
    parts = [part for part in main.filled.german if part.kind == "slot" and part.phrase]
    if not parts or main.times or main.liking == "am liebsten" or main.dative_subject:
        raise UnfitError("nothing to describe")
    last_english = next((part for part in reversed(main.filled.english) if part.text or part.phrase), None)
    if last_english is None or not last_english.index:
        raise UnfitError("the phrase is not last in English")
    part = next(part for part in parts if part.index == last_english.index)
    phrase = part.phrase
    assert phrase is not None
    if (
        phrase.noun is None
        or phrase.noun.is_person
        or phrase.form != "definite"
        or "+" in phrase.lemma
        or (phrase.modified and maker.chance(0.7))
        or phrase.owned
        or not phrase.english.startswith("the ")
        or main.filled.german[-1] is not part
        or not part.is_bare
        or part.case == "gen"
    ):
        raise UnfitError("no noun to describe")
    described = replace(phrase, relative=describe(maker, phrase, [main.subject]))
    filled = main.filled
    german = tuple(replace(p, phrase=described) if p is part else p for p in filled.german)
    english = tuple(replace(p, phrase=described) if p.index == part.index else p for p in filled.english)
    return replace(main, filled=replace(filled, german=german, english=english))


def describe(maker: Maker, phrase: NounPhrase, others: Collection[NounPhrase]) -> Clausal:
    """Return a relative clause from the table that fits a noun phrase."""
    noun = phrase.noun
    if noun is None:
        raise UnfitError("no noun")
    fitting = [
        frame
        for classes, frame in maker.book.relatives
        if noun.key in classes or not set(classes).isdisjoint(noun.classes)
    ]
    if not fitting:
        raise UnfitError("no relative clause fits")
    frame = maker.rng.choice(fitting)
    first = frame.subject.choices[0] if frame.subject else None
    tense: Tense = "present"
    moment: Moment = "none"
    if frame.aspect == "event":
        tense, moment = "perfect", "past"
    if first and first.names[0] == "R":
        inner = maker.clause(frame, phrase, tense=tense, moment=moment, others=others)
        german, english = _subject_relative(inner)
        return Clausal(german, english, tuple(_inner_tags(inner)), _is_restrictive(phrase))
    if first and first.german == "whose":
        if phrase.person == "they":
            raise UnfitError("one dog for all")
        owned = build(maker.rng.choice(nouns_named(first.names)), "the")
        inner = maker.clause(frame, owned, tense=tense, moment=moment, others=others)
        word = RELATIVE[phrase.gender][3]
        bare = owned.german[0].partition(" ")[2]
        german, _ = german_order.subordinate(inner, f"{word} {bare}", with_subject=False)
        english = english_order.question(inner, f"whose {owned.english.partition(' ')[2]}", of_subject=True)
        return Clausal(german, english, (*_inner_tags(inner), "gen"), _is_restrictive(phrase))
    index = next(
        item.index for item in frame.german if isinstance(item, Slot) and item.choices[0].names[0] == "R"
    )
    return _object_relative(maker, frame, index, phrase, others, tense, moment)


def _from_action(maker: Maker, scene: Scene, index: int, phrase: NounPhrase) -> Clausal:
    """Return a relative clause that says what somebody does or did with the thing."""
    tense: Tense = "past" if scene.frame.has("noperf") else "perfect"
    return _object_relative(maker, scene.frame, index, phrase, (), tense, "past")


def _object_relative(
    maker: Maker,
    frame: Frame,
    index: int,
    phrase: NounPhrase,
    others: Collection[NounPhrase],
    tense: Tense,
    moment: Moment,
) -> Clausal:
    subject = maker.subject(frame, pronouns=INNER, others=[*others, phrase])
    if subject.form == "someone":
        raise UnfitError("nobody in particular")
    clear = subject.form == "pronoun" and subject.person in ("ich", "du", "wir", "er")
    if not clear and (phrase.gender != "m" or phrase.noun is None or phrase.noun.is_person):
        raise UnfitError("who does it to whom?")
    inner = maker.clause(
        frame, subject, tense=tense, moment=moment, given={index: phrase}, others=others, group_chance=0.3
    )
    part = next((part for part in inner.filled.german if part.index == index), None)
    if part is None or sum(p.index == index for p in inner.filled.english) != 1:
        raise UnfitError("no gap")
    if any(
        p.phrase and p.phrase.form == "pronoun" and p.phrase.person in ("er", "sie", "they")
        for p in inner.filled.german
    ):
        raise UnfitError("who is that?")
    inner = replace(inner, gap=index)
    word = _relative_word(part, phrase)
    german, _ = german_order.subordinate(inner, word)
    restrictive = _is_restrictive(phrase)
    opening = "" if restrictive else ("who" if phrase.noun and phrase.noun.is_person else "which")
    english = english_order.statement(inner, opening=opening)
    two_way = part.preposition in TWO_WAY_PREPOSITIONS
    extra = ["two"] if two_way else ["dat"] if part.case == "dat" else []
    return Clausal(german, english, (*_inner_tags(inner), *extra), restrictive)


def _relative_word(part: Part, phrase: NounPhrase) -> str:
    word = RELATIVE[phrase.gender][CASES.index(part.case)]
    return f"{part.preposition} {word}" if part.preposition else word


def _subject_relative(inner: Clause) -> tuple[str, str]:
    """Return a relative clause whose pronoun is its subject, in both languages."""
    phrase = inner.subject
    german, _ = german_order.subordinate(inner, RELATIVE[phrase.gender][0], with_subject=False)
    person = phrase.noun is not None and phrase.noun.is_person
    word = "who" if person else "that" if _is_restrictive(phrase) else "which"
    return german, english_order.question(
        replace(inner, subject=replace(phrase, relative=None)), word, of_subject=True
    )


def _is_restrictive(phrase: NounPhrase) -> bool:
    """Tell whether the clause picks out which one is meant; what is mine is known already."""
    noun = phrase.noun
    return not (noun is not None and phrase.form == "definite" and phrase.owned)


def _inner_tags(inner: Clause) -> list[str]:
    return [
        "sub",
        *(tag for tag in tags.of_clause(replace(inner, subject=replace(inner.subject, relative=None)))),
    ]


@cache
def _all_uses() -> dict[str, tuple[tuple[Scene, int], ...]]:
    table: dict[str, list[tuple[Scene, int]]] = {}
    for scene in book().scenes:
        frame = scene.frame
        name = frame.subject.choices[0].names[0] if frame.subject else ""
        if frame.aspect not in ("act", "event") or name not in PERSON_KINDS or frame.negated:
            continue
        for item in frame.german:
            if isinstance(item, Slot) and item.case == "acc" and not item.preposition:
                names = [name for choice in item.choices for name in choice.names]
                if not set(names).isdisjoint((*PERSON_KINDS, *REFERENCES)):
                    continue
                for noun in nouns_named(names):
                    table.setdefault(noun.key, []).append((scene, item.index))
    return {key: tuple(uses) for key, uses in table.items()}


def uses_of(key: str) -> tuple[tuple[Scene, int], ...]:
    """Return the scenes in which somebody does something with a thing, and the slots it fills."""
    return _all_uses().get(key, ())
