"""Routines: several steps of one person, listed, counted, planned, told or commanded."""

from dataclasses import replace

from . import english_order, german_order, tags, times
from .clauses import Clause, Modal, Moment, Tense
from .frames import Scene
from .maker import Maker, Sentence
from .notation import Frame
from .nounphrase import NounPhrase, UnfitError, pronoun, pronoun_for
from .text import join
from .words import Adverbial

STEPS = (("zuerst", "first"), ("dann", "then"), ("danach", "after that"))
LAST = (("zum Schluss", "finally"), ("schließlich", "finally"))
TELLING = (
    ("hat mir erzählt", "told me"),
    ("hat uns erzählt", "told us"),
    ("hat geschrieben", "wrote"),
    ("hat am Telefon gesagt", "said on the phone"),
)
DUTY: tuple[tuple[Modal, Tense], ...] = (("müssen", "present"),)
WANTING: tuple[tuple[Modal, Tense], ...] = (("wollen", "present"), ("mögen", "konjunktiv"))
OTHERS = tuple("Nachbar Nachbarin Großmutter Großvater Großeltern Eltern Gast Freund Chef".split())
"""Whom the steps of a routine meet."""

WEEKDAYS = ("am Montag", "am Dienstag", "am Mittwoch", "am Donnerstag", "am Freitag", "am Samstag")
HABITS = {"morning": "jeden Morgen", "evening": "jeden Abend"}
WHEN = {
    "past day": ("gestern", "vorgestern", "heute Nachmittag", "gestern Nachmittag", *WEEKDAYS),
    "past morning": ("heute Morgen", "gestern Morgen"),
    "past evening": ("gestern Abend", "am Freitagabend", "am Samstagabend"),
    "past weekend": ("letzten Samstag", "letzten Sonntag"),
    "past long": ("letztes Jahr", "vor einem Jahr"),
    "future day": ("morgen", "übermorgen", "morgen Nachmittag", *WEEKDAYS),
    "future evening": ("heute Abend", "morgen Abend", "am Samstagabend"),
    "future weekend": ("am Wochenende", "nächsten Samstag", "nächsten Sonntag"),
    "future long": ("nächstes Jahr",),
}
"""When all steps of a chain may happen, by moment and part of the day or year."""


def listed(maker: Maker, scene: Scene) -> Sentence:
    """Er stand auf, duschte und frühstückte."""
    steps = _steps(maker)
    tense: Tense = "present" if steps[0].has("daily") and maker.chance(0.4) else "past"
    clauses, time = _narrated(maker, steps, tense)
    first = replace(clauses[0], times=(time,)) if time else clauses[0]
    german, english, tag_list, signature = maker.state(
        first, "time" if time and maker.chance(0.7) else "subject"
    )
    return _joined(
        maker,
        ([german, *map(_shared, clauses[1:])], [english, *map(english_order.predicate_only, clauses[1:])]),
        [*tag_list, *_tags(clauses[1:])],
        f"{signature} list",
    )


def counted(maker: Maker, scene: Scene) -> Sentence:
    """Zuerst stand er auf, dann duschte er, und danach frühstückte er."""
    steps = _steps(maker, most=4)
    tense: Tense = "present" if steps[0].has("daily") and maker.chance(0.3) else "perfect"
    clauses, time = _narrated(maker, steps, "past" if tense == "perfect" and maker.chance(0.4) else tense)
    words = [*STEPS[: len(clauses) - 1], maker.rng.choice(LAST)]
    german, english = [], []
    for number, (word, clause) in enumerate(zip(words, clauses, strict=True)):
        step = clause if number == 0 else replace(clause, subject=pronoun_for(clause.subject))
        opening = (time.german, english_order.opening_time([time])) if number == 0 and time else word
        german.append(f"{opening[0]} {german_order.inverted(step)[0]}")
        english.append(f"{opening[1]} {english_order.statement(step)}")
    german[-1], english[-1] = f"und {german[-1]}", f"and {english[-1]}"
    tag_list = [*_tags(clauses), *(time.tags if time else ()), "inv"]
    return maker.finish(
        ", ".join(german), ", ".join(english), tag_list, f"steps {len(steps)} {steps[0].place}"
    )


def following(maker: Maker, scene: Scene) -> Sentence:
    """Nachdem sie aufgestanden war, duschte sie und frühstückte."""
    first, *rest = _steps(maker)
    if not first.has("after"):
        raise UnfitError("the rest is a part of it")
    subject = _subject(maker, first)
    opening = maker.clause(first, subject, tense="pluperfect", moment="past")
    clauses = [maker.clause(step, pronoun_for(subject), tense="past", moment="past") for step in rest]
    sub, signature = german_order.subordinate(opening, "nachdem")
    german = [f"{sub}, {german_order.inverted(clauses[0])[0]}", *map(_shared, clauses[1:])]
    english = [
        f"{english_order.statement(opening, opening='after')}, {english_order.statement(clauses[0])}",
        *map(english_order.predicate_only, clauses[1:]),
    ]
    return _joined(maker, (german, english), [*_tags([opening, *clauses]), "sub", "inv"], f"{signature} list")


def planned(maker: Maker, scene: Scene) -> Sentence:
    """Am Samstag will ich ausschlafen, auf den Markt gehen und kochen."""
    steps = _steps(maker)
    choices = [*(WANTING if steps[0].has("want") else ()), *(DUTY if steps[0].has("must") else ())]
    if not choices:
        raise UnfitError("it happens, nobody plans it")
    modal, tense = maker.rng.choice(choices)
    subject = _subject(maker, steps[0])
    clauses = [maker.clause(step, subject, modal=modal, tense=tense) for step in steps]
    time = _when(maker, steps[0], "future")
    german, english, tag_list, signature = maker.state(
        replace(clauses[0], times=(time,), moment="future"), maker.rng.choice(("time", "time", "subject"))
    )
    if english.endswith(time.english):
        raise UnfitError("the time belongs to all steps")
    infinitives = [german_order.infinitive_clause(clause, with_zu=False)[0] for clause in clauses[1:]]
    return _joined(
        maker,
        (
            [german, *infinitives],
            [english, *(english_order.infinitive(clause, "") for clause in clauses[1:])],
        ),
        [*tag_list, *_tags(clauses[1:])],
        f"{signature} list",
    )


def told(maker: Maker, scene: Scene) -> Sentence:
    """Anna hat mir erzählt, dass sie auf den Markt gegangen ist und Tomaten gekauft hat."""
    steps = _steps(maker)
    teller = _subject(maker, steps[0])
    if teller.form == "pronoun" or teller.english_is_plural:
        raise UnfitError("somebody with a name, please")
    subject = pronoun_for(teller)
    clauses = [maker.clause(step, subject, tense="perfect", moment="past") for step in steps]
    first = replace(clauses[0], times=(_when(maker, steps[0], "past"),)) if maker.chance(0.6) else clauses[0]
    say, english_say = maker.rng.choice(TELLING)
    if "schrieben" in say and steps[0].verb == "schreiben":
        raise UnfitError("the same verb twice")
    german = [german_order.subordinate(first, "dass")[0]]
    german += [german_order.subordinate(clause, "", with_subject=False)[0] for clause in clauses[1:]]
    english = [english_order.statement(first, "time", opening="that")]
    if first.times:
        time = english_order.opening_time(first.times).removesuffix(",")
        english = [f"that {time} {english_order.statement(clauses[0])}"]
    english += [english_order.predicate_only(clause) for clause in clauses[1:]]
    ends = [text.rpartition(" ") for text in german]
    for number in reversed(range(len(ends) - 1)):
        if ends[number][2] != ends[-1][2]:
            break
        german[number] = ends[number][0]
    german[0] = f"{teller.case('nom')} {say}, {german[0]}"
    english[0] = f"{teller.subject} {english_say} {english[0]}"
    return _joined(
        maker, (german, english), [*_tags([first, *clauses[1:]]), *teller.tags, "sub"], f"told {say}"
    )


def commanded(maker: Maker, scene: Scene) -> Sentence:
    """Schäl zuerst die Kartoffeln, schneide dann das Gemüse und deck den Tisch!"""
    steps = _steps(maker)
    if not steps[0].has("order"):
        raise UnfitError("nobody is told to do it")
    key = maker.rng.choice(("du", "du", "ihr", "Sie"))
    subject = pronoun(key, ({"Sie": "sie"}.get(key, "du"),))
    clauses = [maker.clause(step, subject) for step in steps]
    if clauses[1].filled.german[0].german.startswith(("sie ", "ihn ", "es ", "ihm ")):
        raise UnfitError("the pronoun goes before dann")
    german, english = [], []
    for clause, (word, english_word) in zip(
        clauses, (*STEPS[:2], ("", ""), ("", ""), ("", "")), strict=False
    ):
        adverb = Adverbial(word) if word else None
        german.append(german_order.command(replace(clause, frequency=adverb))[0])
        english.append(english_order.command(clause, english_word))
    return _joined(maker, (german, english), [*_tags(clauses), "imp"], f"steps {key}!", "!")


def _steps(maker: Maker, most: int = 5) -> tuple[Frame, ...]:
    """Draw a chain, from its first step to one with which it may end."""
    chain = maker.rng.choice(maker.book.routines)
    ends = [number for number, step in enumerate(chain, 1) if step.has("stop") and number <= most]
    return chain[: maker.rng.choice(ends)]


def _subject(maker: Maker, frame: Frame) -> NounPhrase:
    subject = maker.subject(frame)
    if not subject.can_own or subject.lemma in OTHERS:
        raise UnfitError("nobody in particular, or somebody whom a step meets")
    return subject


def _narrated(maker: Maker, steps: tuple[Frame, ...], tense: Tense) -> tuple[list[Clause], Adverbial | None]:
    """Return the steps as clauses with one subject, and when it happened."""
    subject = _subject(maker, steps[0])
    moment: Moment = "habit" if tense == "present" else "past"
    clauses = [maker.clause(step, subject, tense=tense, moment=moment) for step in steps]
    time = _when(maker, steps[0], moment) if tense == "present" or maker.chance(0.7) else None
    return clauses, time


def _when(maker: Maker, frame: Frame, moment: str) -> Adverbial:
    """Draw a time that all steps have room in."""
    parts = [part for part in times.PARTS if frame.has(part)]
    if moment == "habit":
        return times.named(HABITS[next(part for part in parts if part in HABITS)])
    fitting = [name for part in parts for name in WHEN.get(f"{moment} {part}", ())]
    if not fitting:
        raise UnfitError("no time for it")
    return times.named(maker.rng.choice(fitting))


def _shared(clause: Clause) -> str:
    """Return a coordinated clause that shares the subject of the one before."""
    verbs = german_order.verbs_of(clause)
    middle = german_order.fields(clause, with_subject=False)
    return join([verbs.finite, *(field.text for field in middle), verbs.bracket])


def _tags(clauses: list[Clause]) -> list[str]:
    return [tag for clause in clauses for tag in tags.of_clause(clause)]


def _joined(
    maker: Maker, sides: tuple[list[str], list[str]], tag_list: list[str], signature: str, mark: str = "."
) -> Sentence:
    """Join the steps: a, b und c; a, b, and c."""
    german, english = sides
    comma = "," if len(english) > 2 else ""
    return maker.finish(
        f"{', '.join(german[:-1])} und {german[-1]}",
        f"{', '.join(english[:-1])}{comma} and {english[-1]}",
        tag_list,
        f"{signature} {len(german)}",
        mark,
    )
