"""Two clauses that were made for each other: reason, condition, purpose.

The links come from the frame: what speaks for it and against it. The negated frame exchanges the two.
"""

from collections.abc import Callable
from dataclasses import replace

from . import english_order, german_order, tags, times
from .clauses import Clause, Modal, Moment, Tense
from .frames import Scene
from .maker import Maker, Sentence, plannable
from .notation import Frame, Slot, Text, flatten
from .nounphrase import UnfitError, pronoun_for
from .subordination import joined

LASTING = "wollen warten essen wohnen leben kennen lieben mögen arbeiten brauchen vertrauen".split()
"""Verbs of what does not come and go."""

DEGREES = frozenset(
    "so zu raus streng dunkel fertig wichtig schweren schwere einsam viel viele wenig schon heute "
    "noch nie immer ständig bald sehr mehr Geburtstag".split()
)
"""Words of what is so already, and to a degree, so that it is no condition."""

PASSING = frozenset(
    "Stau schlafen müde krank eilig kalt warm heiß langweilig satt nervös einsam laut spät dunkel neblig "
    "glatt windig allein Wetter Hunger Durst Fieber Kopfschmerzen Rückenschmerzen Zahnschmerzen Lust Laune "
    "Sonne Baby Füße".split()
)
"""Words of what is over soon."""

TODAY = ("heute", "jetzt", "gerade", "im Moment", "gleich", "sofort", "später", "in einer", "in zwei")


def reason(maker: Maker, scene: Scene) -> Sentence:
    """Ich koche, weil ich Hunger habe. Da es regnet, bleiben wir zu Hause. Denn, deshalb."""
    main, link = _pair(maker, scene)
    word = maker.rng.choice(("weil", "weil", "weil", "denn", "deshalb", "da"))
    if word in ("weil", "da"):
        words = (word, {"weil": "because", "da": "since"}[word])
        return _subordinated(
            maker, main, lambda full: linked_to(maker, main, link, full=full), words, first=word == "da"
        )
    if word == "deshalb" and "so" not in _words(link):
        return _therefore(maker, main, link)
    linked = linked_to(maker, main, link)
    first, english, tag_list, signature = maker.state(main, maker.rng.choice(maker.plain_fronts(main)))
    second, second_signature = german_order.main_clause(linked)
    return maker.finish(
        f"{first}, denn {second}",
        f"{english} because {english_order.statement(linked)}",
        [*tag_list, *tags.of_clause(linked)],
        f"{signature}, denn {second_signature}",
    )


def condition(maker: Maker, scene: Scene) -> Sentence:
    """Wenn es morgen regnet, bleiben wir zu Hause. Falls ich Zeit habe, koche ich."""
    frame = scene.frame
    links = [link for link in scene.link("pro") if is_condition(link)]
    if not links or not plannable(frame):
        raise UnfitError("no condition")
    link = maker.rng.choice(links)
    main = maker.clause(frame, maker.subject(frame), moment="future", group_chance=0.35)
    word = maker.rng.choice(("wenn", "wenn", "falls"))
    habit = word == "wenn" and maker.chance(0.3) and (frame.has("often") or frame.has("fun"))
    if habit:
        entry = times.named(maker.rng.choice(("immer", "meistens", "oft")))
        main = replace(main, moment="habit", frequency=entry)
    words = (word, "when" if habit else "if")
    return _subordinated(maker, main, lambda full: maker.link(link, main, full=full), words, will=not habit)


def unreal(maker: Maker, scene: Scene) -> Sentence:
    """Wenn ich Zeit hätte, würde ich kochen. Wenn ich nicht so müde gewesen wäre, hätte ich getanzt."""
    frame = scene.frame
    if (
        frame.aspect != "act"
        or frame.verb in ("liegen", "sitzen")
        or not (frame.has("fun") or frame.has("plan"))
    ):
        raise UnfitError("nobody dreams of it")
    against = [link for link in scene.link("con") if link.aspect == "state" and is_condition(link)]
    for_it = [link for link in scene.link("pro") if link.aspect == "state" and is_condition(link)]
    if not against and not for_it:
        raise UnfitError("no condition")
    negated = bool(against) and (not for_it or maker.chance(0.7))
    link = maker.rng.choice(against if negated else for_it)
    main = maker.clause(frame, maker.subject(frame), tense="konjunktiv", group_chance=0.35)
    tense: Tense = "konjunktiv past" if maker.chance(0.25) else "konjunktiv"
    main = replace(main, tense=tense)
    return _subordinated(
        maker,
        main,
        lambda full: maker.link(link, main, tense=tense, negated=negated, full=full),
        ("wenn", "if"),
    )


def purpose(maker: Maker, scene: Scene) -> Sentence:
    """Sie spart, um ein Auto zu kaufen. Er stellt die Milch weg, damit sie kalt bleibt."""
    frame = scene.frame
    aims, results = scene.link("to"), scene.link("for")
    if (not aims and not results) or frame.aspect == "state":
        raise UnfitError("no purpose")
    main = _main(maker, scene, modal=maker.chance(0.25))
    if aims and (not results or maker.chance(0.6)):
        german, english, more, link_signature = aim_of(maker, main, maker.rng.choice(aims))
    elif main.tense != "present":
        raise UnfitError("the aim is still to come")
    else:
        linked = maker.link(maker.rng.choice(results), main, moment="habit")
        german, link_signature = german_order.subordinate(linked, "damit")
        english = f"so that {english_order.statement(linked)}"
        more = [*tags.of_clause(linked), "sub"]
    first, main_english, tag_list, signature = maker.state(main, maker.rng.choice(maker.plain_fronts(main)))
    whole, whole_english = f"{first}, {german}", f"{main_english} {english}"
    return maker.finish(whole, whole_english, [*tag_list, *more], f"{signature}, {link_signature}")


def aim_of(maker: Maker, main: Clause, aim: Frame) -> tuple[str, str, list[str], str]:
    """Return an um ... zu clause for a main clause: German, English, tags, signature."""
    slots = {str(number): main.filled.phrase(number) for number in (1, 2)}
    inner = maker.clause(
        aim,
        main.subject,
        references={name: pronoun_for(phrase) for name, phrase in slots.items() if phrase and phrase.can_own},
        others=[part.phrase for part in main.filled.german if part.phrase],
        group_chance=0.3,
    )
    german, signature = german_order.infinitive_clause(inner, "um")
    return german, english_order.infinitive(inner), [*tags.of_clause(inner), "inf"], signature


def linked_to(maker: Maker, main: Clause, link: Frame, *, full: bool = False) -> Clause:
    """Return a reason or an obstacle in the tense that goes with the main clause."""
    tense = _tense_after(main)
    today = all(time.german.startswith(TODAY) for time in main.times)
    passing = link.aspect == "event" or _is_passing(link)
    if main.moment == "future" and not today and passing:
        raise UnfitError("who knows what will be then?")
    moment: Moment = "none"
    if link.aspect == "event":
        tense = "pluperfect" if tense == "past" else "perfect"
        moment = "past"
    elif tense == "past" and link.aspect == "act":
        moment = "while"
    return maker.link(link, main, tense=tense, moment=moment, full=full)


def is_condition(frame: Frame) -> bool:
    """Tell whether a reason may also be a condition: it comes and goes, and no degree is given."""
    open_ = frame.aspect in ("state", "act") and not frame.has("nopast")
    return open_ and frame.verb not in LASTING and DEGREES.isdisjoint(_words(frame))


def _words(frame: Frame) -> set[str]:
    """Return the fixed German words of a frame and the nouns of its slots."""
    words = {frame.verb}
    for item in [frame.subject, *flatten(frame.german)]:
        if isinstance(item, Text):
            words.update(item.words.split(" "))
        elif isinstance(item, Slot):
            words.update(name for choice in item.choices for name in choice.names)
    return words


def _is_passing(frame: Frame) -> bool:
    """Tell whether a state is over soon: rain, hunger."""
    if "schon" in _words(frame):
        return True
    return frame.subject is None or frame.aspect == "act" or not PASSING.isdisjoint(_words(frame))


def _pair(maker: Maker, scene: Scene) -> tuple[Clause, Frame]:
    """Return a main clause, negated or not, and the frame of a reason for it."""
    frame = scene.frame
    obstacles = scene.link("con")
    negated = not frame.has("noneg") and frame.aspect != "event" and bool(obstacles) and maker.chance(0.4)
    reasons = obstacles if negated else scene.link("pro")
    if not reasons:
        raise UnfitError("no reason")
    link = maker.rng.choice(reasons)
    main = _main(maker, scene, negated=negated, modal=not negated and maker.chance(0.2))
    if link.has("nopast") and main.tense != "present":
        raise UnfitError("only in the present")
    return main, link


def _main(maker: Maker, scene: Scene, *, negated: bool = False, modal: bool = False) -> Clause:
    """Build the main clause: present or past, perhaps with müssen or wollen, often with a time."""
    frame = scene.frame
    subject = maker.subject(frame)
    if not subject.can_own:
        raise UnfitError("nobody to go on about")
    in_past = frame.aspect == "event" or (maker.chance(0.5) and not frame.has("nopast"))
    if modal and frame.aspect == "act" and not frame.has("nomodal"):
        verb: Modal = "müssen" if frame.has("chore") else "wollen"
        tense: Tense = "past" if in_past else "present"
        clause = maker.clause(frame, subject, tense=tense, modal=verb, group_chance=0.35)
        return maker.timed(clause, "past" if in_past else "future", 0.35)
    if in_past:
        perfect = maker.chance(0.5) and frame.verb not in ("sein", "haben") and frame.aspect != "state"
        tense = "perfect" if perfect else "past"
        clause = maker.clause(frame, subject, tense=tense, moment="past", negated=negated, group_chance=0.35)
        return maker.timed(clause, "past", 0.4) if frame.aspect != "state" else clause
    clause = maker.clause(frame, subject, negated=negated, group_chance=0.35)
    if negated and frame.aspect == "act" and frame.has("nonow"):
        raise UnfitError("not now")
    if negated or frame.aspect == "state":
        return clause
    return maker.timed(clause, "future", 1.0 if frame.has("nonow") else 0.45)


def _tense_after(main: Clause) -> Tense:
    """Return the tense of a clause linked to a main clause."""
    return "present" if main.tense in ("present", "future") else "past"


def _subordinated(
    maker: Maker,
    main: Clause,
    link: Callable[[bool], Clause],
    words: tuple[str, str],
    *,
    first: bool | None = None,
    will: bool = False,
) -> Sentence:
    """Join a subordinate clause before or behind the main clause; `link` makes it, for before or behind."""
    before = maker.chance(0.5) if first is None else first
    linked = link(before)
    if before and maker.refers_back(linked):
        before = False
        linked = link(before)
    return joined(maker, main, linked, words, first=before, will=will)


def _therefore(maker: Maker, main: Clause, link: Frame) -> Sentence:
    """Put the reason first and the main clause behind deshalb."""
    linked = linked_to(maker, main, link, full=True)
    if maker.refers_back(linked):
        raise UnfitError("a pronoun before its noun")
    if linked.subject.lemma == main.subject.lemma and main.subject.form != "pronoun":
        main = replace(main, subject=pronoun_for(main.subject))
    if linked.subject.owned and main.subject.form != "pronoun":
        raise UnfitError("his mother, before it is said whose")
    main = replace(main, times=())
    first, english, tag_list, signature = maker.state(linked)
    second, second_signature = german_order.inverted(main)
    return maker.finish(
        f"{first}, deshalb {second}",
        f"{english}, so {english_order.statement(main)}",
        [*tag_list, *tags.of_clause(main), "inv"],
        f"{signature}, deshalb {second_signature}",
    )
