"""Degrees: so ... dass, zu ... um zu, je ... desto."""

from dataclasses import replace

from . import english, english_order, german_order, tags
from .clauses import Tense
from .conjugation import past, present
from .english_verbs import BE, contract
from .frames import Scene
from .german_verbs import SEIN, WERDEN
from .maker import Maker, Sentence
from .notation import Group, Item
from .nounphrase import UnfitError, pronoun_for
from .words import lexicon

RESULTS = "einschlafen bleiben hinlegen weinen gehen schlafen verlassen lächeln baden".split()
"""What a state makes people do."""
TIRING = ("house", "garden", "kitchen", "us", "sport", "school")
"""Options of what takes strength."""

PLAIN_STATES = (
    "tired",
    "ill",
    "sad",
    "happy",
    "angry",
    "nervous",
    "in_love",
    "lonely",
    "cold",
    "hot",
)
MOODS = {
    "fun": ("glücklich", "zufrieden"),
    "chore": ("müde",),
    "wait": ("nervös", "wütend"),
}


def so_that(maker: Maker, scene: Scene) -> Sentence:
    """Sie war so müde, dass sie auf dem Sofa einschlief."""
    frame = scene.frame
    states = {maker.book.named[name]: name for name in PLAIN_STATES}
    links = [link for link in (*scene.link("pro"), *scene.link("con")) if link in states]
    if not links or frame.has("nopast") or frame.aspect == "state":
        raise UnfitError("no degree")
    linked = maker.rng.choice(links)
    against = linked in scene.link("con")
    if against and frame.has("noneg"):
        raise UnfitError("not negated")
    if not against and frame.verb not in RESULTS:
        raise UnfitError("no result")
    subject = maker.subject(frame)
    if not subject.can_own:
        raise UnfitError("nobody to go on about")
    tense: Tense = "past" if maker.chance(0.5) else "perfect"
    main = maker.clause(frame, subject, tense=tense, moment="past", negated=against, group_chance=0.4)
    state = maker.link(linked, main, tense="past", moment="past", full=True)
    if subject.form != "pronoun" and state.subject.lemma == subject.lemma:
        main = replace(main, subject=pronoun_for(subject))
    word = _last_word(linked.german)
    first, text, tag_list, signature = maker.state(state)
    english_word = _last_word(linked.english)
    if f" {word}" not in first or english_word not in text:
        raise UnfitError("no quality")
    second, second_signature = german_order.subordinate(main, "dass")
    return maker.finish(
        f"{first.replace(f' {word}', f' so {word}', 1)}, {second}",
        f"{text.replace(english_word, f'so {english_word}', 1)} that {english_order.statement(main)}",
        [*tag_list, *tags.of_clause(main), "sub"],
        f"{signature} so {second_signature}",
    )


def too_to(maker: Maker, scene: Scene) -> Sentence:
    """Ich bin zu müde, um zu kochen. Er war zu jung, um ins Kino zu gehen."""
    frame = scene.frame
    if frame.aspect != "act" or not (frame.has("chore") or frame.has("fun")):
        raise UnfitError("not for that")
    german_word, english_word = maker.rng.choice((("müde", "tired"), ("müde", "tired"), ("krank", "sick")))
    if (
        frame.has("small")
        or not any(frame.has(option) for option in TIRING)
        or frame.verb in ("probieren", "zählen", "ausschlafen", "aussuchen", "kaufen", "fotografieren")
        or frame.has("long")
        or frame.has("years")
        or frame.has("weeks")
        or frame.verb in ("liegen", "sitzen", "ausruhen", "schlafen", "bleiben")
    ):
        raise UnfitError("no excuse")
    subject = maker.subject(frame)
    if not subject.can_own:
        raise UnfitError("nobody in particular")
    inner = maker.clause(frame, subject, group_chance=0.4)
    in_past = maker.chance(0.5)
    sein = (past if in_past else present)(SEIN, subject.agreement)
    be = BE["past" if in_past else "present"][subject.english_agreement]
    german, signature = german_order.infinitive_clause(inner, "um")
    if german.startswith("um um "):
        raise UnfitError("um um")
    opening = contract(subject.subject, be)
    return maker.finish(
        f"{subject.case('nom')} {sein} zu {german_word}, {german}",
        f"{opening} too {english_word} {english_order.infinitive(inner)}",
        [*tags.of_clause(inner), "inf"],
        f"S V zu Adj {signature}",
    )


def the_more(maker: Maker, scene: Scene) -> Sentence:
    """Je länger er wartet, desto nervöser wird er."""
    frame = scene.frame
    name = frame.subject.choices[0].names[0] if frame.subject else ""
    if not frame.has("hours") or frame.aspect != "act" or name not in ("person", "adult", "child"):
        raise UnfitError("it does not last")
    kind = (
        "wait"
        if frame.verb == "warten"
        else "chore"
        if frame.has("chore")
        else "fun"
        if frame.has("fun")
        else ""
    )
    if not kind:
        raise UnfitError("no mood")
    entry = lexicon().adjectives[maker.rng.choice(MOODS[kind])]
    subject = maker.subject(frame)
    if not subject.can_own:
        raise UnfitError("nobody in particular")
    inner = maker.clause(frame, subject, moment="habit", group_chance=0.4)
    it = pronoun_for(subject)
    sub, signature = german_order.subordinate(inner, "je länger")
    word = english.comparative(entry.english)
    get = "gets" if it.english_agreement == "it" else "get"
    return maker.finish(
        f"{sub}, desto {entry.comparative} {present(WERDEN, it.agreement)} {it.case('nom')}",
        f"the longer {english_order.statement(inner)}, the {word} {it.subject} {get}",
        [*tags.of_clause(inner), "sub", "inv"],
        f"je {signature}, desto",
    )


def _last_word(items: tuple[Item | Group, ...]) -> str:
    """Return the quality that one side of a state ends in."""
    return getattr(items[-1], "words", "").split(" ")[-1]
