"""Relative clauses: people known by what they do, things judged that somebody made or got."""

from dataclasses import replace
from functools import cache

from . import english_order, german_order, tags
from .clauses import Clause, Moment, Tense
from .declension import CASES, RELATIVE, TWO_WAY_PREPOSITIONS, Case
from .filling import nouns_named
from .frames import Scene, book
from .maker import Maker, Sentence
from .notation import PERSON_KINDS, REFERENCES, Frame, Slot
from .nounphrase import Clausal, NounPhrase, UnfitError, build
from .words import Noun, lexicon

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
        clausal = _from_table(maker, subject, subject.noun)
    else:
        uses = _all_uses().get(subject.noun.key, ())
        if frame.has("two"):
            uses = tuple(use for use in uses if use[0].verb in GETTING)
        uses = tuple(use for use in uses if use[0].verb in (*GETTING, *MAKING))
        if not uses:
            raise UnfitError("nobody has done anything to it")
        action, index = maker.rng.choice(uses)
        clausal = _object_relative(maker, action, index, subject, "perfect", "past")
    subject = replace(subject, relative=clausal)
    main = maker.clause(frame, subject)
    german, english, tag_list, signature = maker.state(main)
    return maker.finish(german, english, tag_list, signature)


def _from_table(maker: Maker, phrase: NounPhrase, noun: Noun) -> Clausal:
    """Return a relative clause from the table that fits a noun phrase."""
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
        inner = maker.clause(frame, phrase, tense=tense, moment=moment)
        german, english = _subject_relative(inner)
        return Clausal(german, english, ("sub", *tags.of_clause(inner)))
    if first and first.german == "whose":
        if phrase.person == "they":
            raise UnfitError("one dog for all")
        owned = build(maker.rng.choice(nouns_named(first.names)), "the")
        inner = maker.clause(frame, owned, tense=tense, moment=moment)
        word = RELATIVE[phrase.gender][3]
        bare = owned.german[0].partition(" ")[2]
        german, _ = german_order.subordinate(inner, f"{word} {bare}", with_subject=False)
        english = english_order.question(inner, f"whose {owned.english.partition(' ')[2]}", of_subject=True)
        return Clausal(german, english, ("sub", *tags.of_clause(inner), "gen"))
    index = next(
        item.index for item in frame.german if isinstance(item, Slot) and item.choices[0].names[0] == "R"
    )
    return _object_relative(maker, frame, index, phrase, tense, moment)


def _object_relative(
    maker: Maker, frame: Frame, index: int, phrase: NounPhrase, tense: Tense, moment: Moment
) -> Clausal:
    """Return a relative clause that says what somebody does or did with a thing, which fills a slot."""
    subject = maker.subject(frame, pronouns=INNER, others=[phrase])
    clear = subject.form == "pronoun" and subject.person in ("ich", "du", "wir", "er")
    if not clear and (phrase.gender != "m" or phrase.noun is None or phrase.noun.is_person):
        raise UnfitError("who does it to whom?")
    inner = maker.clause(frame, subject, tense=tense, moment=moment, given={index: phrase}, group_chance=0.3)
    part = next((part for part in inner.filled.german if part.index == index), None)
    if part is None or sum(p.index == index for p in inner.filled.english) != 1:
        raise UnfitError("no gap")
    if any(
        p.phrase and p.phrase.form == "pronoun" and p.phrase.person in ("er", "sie", "they")
        for p in inner.filled.german
    ):
        raise UnfitError("who is that?")
    inner = replace(inner, gap=index)
    word = RELATIVE[phrase.gender][CASES.index(part.case)]
    german, _ = german_order.subordinate(inner, f"{part.preposition} {word}".strip())
    two_way = part.preposition in TWO_WAY_PREPOSITIONS
    extra = ["two"] if two_way else ["dat"] if part.case == "dat" else []
    return Clausal(german, english_order.statement(inner), ("sub", *tags.of_clause(inner), *extra))


def _subject_relative(inner: Clause) -> tuple[str, str]:
    """Return a relative clause whose pronoun is its subject, in both languages."""
    phrase = inner.subject
    german, _ = german_order.subordinate(inner, RELATIVE[phrase.gender][0], with_subject=False)
    word = "who" if phrase.noun is not None and phrase.noun.is_person else "that"
    return german, english_order.question(inner, word, of_subject=True)


@cache
def _all_uses() -> dict[str, tuple[tuple[Frame, int], ...]]:
    """Return for each noun the frames in which somebody does something with it, and the slots it fills."""
    table: dict[str, list[tuple[Frame, int]]] = {}
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
                    table.setdefault(noun.key, []).append((frame, item.index))
    return {key: tuple(uses) for key, uses in table.items()}
