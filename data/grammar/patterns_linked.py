"""Two clauses that were made for each other: reason, obstacle, condition, purpose.

The links come from the frame: what speaks for it and against it. The negated frame exchanges the two.
"""

from collections.abc import Callable
from dataclasses import replace

from . import english_order, german_order, tags, times
from .clauses import Clause, Moment, Tense
from .frames import Scene
from .maker import Maker, Sentence, plannable
from .notation import Frame, Slot, Text, flatten
from .nounphrase import UnfitError, pronoun_for
from .subordination import joined

LinkFunction = Callable[[Clause, bool], Clause]


def reason(maker: Maker, scene: Scene) -> Sentence:
    """Ich koche, weil ich Hunger habe. Da es regnet, bleiben wir zu Hause. Denn, deshalb."""
    main, link = _pair(maker, scene, for_it=True)
    word = maker.rng.choice(("weil", "weil", "weil", "denn", "deshalb", "da"))
    return join_reason(maker, main, link, word)


def condition(maker: Maker, scene: Scene) -> Sentence:
    """Wenn es morgen regnet, bleiben wir zu Hause. Falls ich Zeit habe, koche ich."""
    frame = scene.frame
    frames = [link for link in scene.link("pro") if is_condition(link)]
    if not frames or not plannable(frame):
        raise UnfitError("no condition")
    linked = maker.rng.choice(frames)
    subject = maker.subject(frame)
    main = maker.clause(frame, subject, moment="future", group_chance=0.35)
    word = maker.rng.choice(("wenn", "wenn", "falls"))
    if word == "wenn" and maker.chance(0.3) and (frame.has("often") or frame.has("fun")):
        entry = times.named(maker.rng.choice(("immer", "meistens", "oft")))
        main = replace(main, moment="habit", frequency=entry)
        return _subordinated(
            maker, main, lambda clause, full: maker.link(linked, clause, full=full), "wenn", "when"
        )
    main = replace(main, attitude=None)
    return _subordinated(
        maker, main, lambda clause, full: maker.link(linked, clause, full=full), word, "if", will=True
    )


def unreal(maker: Maker, scene: Scene) -> Sentence:
    """Wenn ich Zeit hätte, würde ich kochen. Wäre ich nicht so müde, würde ich tanzen."""
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
    use_against = bool(against) and (not for_it or maker.chance(0.7))
    linked = maker.rng.choice(against if use_against else for_it)
    main = maker.clause(frame, maker.subject(frame), tense="konjunktiv", group_chance=0.35)
    past = maker.chance(0.25)
    tense: Tense = "konjunktiv past" if past else "konjunktiv"
    main = replace(main, tense=tense)

    def condition_of(clause: Clause, full: bool) -> Clause:
        return maker.link(linked, clause, tense=tense, negated=use_against, full=full)

    return _subordinated(maker, main, condition_of, "wenn", "if", unreal=True)


def purpose(maker: Maker, scene: Scene) -> Sentence:
    """Sie spart, um ein Auto zu kaufen. Er stellt die Milch weg, damit sie kalt bleibt."""
    frame = scene.frame
    aims, results = scene.link("to"), scene.link("for")
    if (not aims and not results) or frame.aspect == "state":
        raise UnfitError("no purpose")
    main = _main(maker, scene, modal=maker.chance(0.25))
    if aims and (not results or maker.chance(0.6)):
        return with_aim(maker, main, maker.rng.choice(aims))
    tense = _tense_after(main)
    if tense != "present":
        raise UnfitError("the aim is still to come")
    moment: Moment = "habit" if tense == "present" else "none"
    linked = maker.link(maker.rng.choice(results), main, tense=tense, moment=moment)
    first, english, tag_list, signature = maker.state(main, maker.rng.choice(maker.plain_fronts(main)))
    second, second_signature = german_order.subordinate(linked, "damit")
    whole = f"{english} so that {english_order.statement(linked)}"
    return maker.finish(
        f"{first}, {second}",
        whole,
        [*tag_list, *tags.of_clause(linked), "sub"],
        f"{signature}, {second_signature}",
    )


def with_aim(maker: Maker, main: Clause, aim: Frame) -> Sentence:
    """Join an um ... zu clause to a main clause."""
    references = {str(n): phrase for n in (1, 2) if (phrase := main.filled.phrase(n)) and phrase.can_own}
    inner = maker.clause(
        aim,
        main.subject,
        references={key: pronoun_for(phrase) for key, phrase in references.items()},
        others=[part.phrase for part in main.filled.german if part.phrase],
        group_chance=0.3,
    )
    german, signature = german_order.infinitive_clause(inner, "um")
    english = english_order.infinitive(inner, "to")
    first, main_english, tag_list, main_signature = maker.state(
        main, maker.rng.choice(maker.plain_fronts(main))
    )
    return maker.finish(
        f"{first}, {german}",
        f"{main_english} {english}",
        [*tag_list, *tags.of_clause(inner), "inf"],
        f"{main_signature}, {signature}",
    )


def join_reason(maker: Maker, main: Clause, link: "Linker", word: str) -> Sentence:
    """Join a reason with weil, da, denn or deshalb."""
    if word in ("weil", "da"):
        return _subordinated(
            maker, main, link, word, {"weil": "because", "da": "since"}[word], first=word == "da"
        )
    if word == "deshalb" and "so" not in _words(link.frame):
        return _coordinated(maker, link, main, "deshalb", "so", "")
    linked = link(main, False)
    first, english, tag_list, signature = maker.state(main, maker.rng.choice(maker.plain_fronts(main)))
    second, second_signature = german_order.main_clause(linked)
    return maker.finish(
        f"{first}, denn {second}",
        f"{english} because {english_order.statement(linked)}",
        [*tag_list, *tags.of_clause(linked)],
        f"{signature}, denn {second_signature}",
    )


class Linker:
    """Builds the linked clause once it is known whether it stands first."""

    def __init__(self, maker: Maker, frame: Frame, *, negated: bool = False) -> None:
        self.maker = maker
        self.frame = frame
        self.negated = negated

    def __call__(self, main: Clause, full: bool) -> Clause:
        """Return the linked clause in the tense that goes with the main clause."""
        tense = _tense_after(main)
        today = all(time.german.startswith(TODAY) for time in main.times)
        passing = self.frame.aspect == "event" or _is_passing(self.frame)
        if main.moment == "future" and not today and passing:
            raise UnfitError("who knows what will be then?")
        moment: Moment = "none"
        if self.frame.aspect == "event":
            tense = "pluperfect" if tense == "past" else "perfect"
            moment = "past"
        elif tense == "past" and self.frame.aspect == "act":
            moment = "while"
        return self.maker.link(self.frame, main, tense=tense, moment=moment, negated=self.negated, full=full)


LASTING = (
    "wollen",
    "warten",
    "essen",
    "wohnen",
    "leben",
    "kennen",
    "lieben",
    "mögen",
    "arbeiten",
    "brauchen",
    "vertrauen",
)
DEGREES = frozenset(
    "so zu raus streng dunkel fertig wichtig schweren schwere einsam viel viele wenig schon heute "
    "noch nie immer ständig bald sehr mehr Geburtstag".split()
)
PASSING = frozenset(
    "Stau schlafen müde krank eilig kalt warm heiß langweilig satt nervös einsam laut spät dunkel neblig "
    "glatt windig allein Wetter Hunger Durst Fieber Kopfschmerzen Rückenschmerzen Zahnschmerzen Lust Laune "
    "Sonne Baby Füße".split()
)
ABSOLUTE = frozenset(
    "leer Büro zu genug Zeit aufstehen kaputt geschlossen kein keinen keine ausfallen gesperrt".split()
)
"""What makes it impossible, so that nobody does it all the same."""

TODAY = ("heute", "jetzt", "gerade", "im Moment", "gleich", "sofort", "später", "in einer", "in zwei")


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


def is_absolute(frame: Frame) -> bool:
    """Tell whether an obstacle leaves no way."""
    impossible = frame.verb in ("finden", "funktionieren", "brechen", "verlieren", "bekommen")
    return impossible or frame.negated or not ABSOLUTE.isdisjoint(_words(frame))


def _pair(maker: Maker, scene: Scene, *, for_it: bool) -> tuple[Clause, Linker]:
    """Return a main clause and the maker of a clause that speaks for it (or against it)."""
    frame = scene.frame
    for_links, against = list(scene.link("pro")), list(scene.link("con"))
    negatable = not frame.has("noneg") and frame.aspect != "event"
    negated = negatable and bool(against if for_it else for_links) and maker.chance(0.4)
    pool = against if for_it == negated else for_links
    if not for_it and not negated:
        pool = [link for link in pool if not is_absolute(link)]
    if not pool:
        raise UnfitError("no link")
    linked = maker.rng.choice(pool)
    main = _main(maker, scene, negated=negated, modal=not negated and maker.chance(0.2))
    if linked.has("nopast") and main.tense != "present":
        raise UnfitError("only in the present")
    return main, Linker(maker, linked)


def _main(maker: Maker, scene: Scene, *, negated: bool = False, modal: bool = False) -> Clause:
    """Build the main clause: present or past, perhaps with müssen or wollen, often with a time."""
    frame = scene.frame
    subject = maker.subject(frame)
    if not subject.can_own:
        raise UnfitError("nobody to go on about")
    in_past = frame.aspect == "event" or (maker.chance(0.5) and not frame.has("nopast"))
    if modal and frame.aspect == "act" and not frame.has("nomodal"):
        verb = "müssen" if frame.has("chore") else "wollen"
        tense: Tense = "past" if in_past else "present"
        clause = maker.clause(frame, subject, tense=tense, modal=verb, group_chance=0.35)  # type: ignore[arg-type]
        return maker.timed(clause, "past" if in_past else "future", 0.35)
    if in_past:
        perfect = maker.chance(0.5) and frame.verb not in ("sein", "haben") and frame.aspect != "state"
        clause = maker.clause(
            frame,
            subject,
            tense="perfect" if perfect else "past",
            moment="past",
            negated=negated,
            group_chance=0.35,
        )
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
    link: "Linker | LinkFunction",
    word: str,
    english_word: str,
    *,
    first: bool | None = None,
    comma: bool = False,
    will: bool = False,
    unreal: bool = False,
) -> Sentence:
    """Join a subordinate clause, before or behind the main clause."""
    before = maker.chance(0.5) if first is None else first
    linked = link(main, before)
    if before and maker.refers_back(linked):
        before = False
        linked = link(main, before)
    inner = _unreal_english(linked) if unreal else None
    return joined(
        maker, main, linked, (word, english_word), first=before, will=will, inner=inner, comma=comma
    )


def _coordinated(
    maker: Maker, link: Linker, main: Clause, word: str, english_word: str, english_end: str
) -> Sentence:
    """Put the linked clause first and the main clause behind deshalb or trotzdem."""
    linked = link(main, True)
    if maker.refers_back(linked):
        raise UnfitError("a pronoun before its noun")
    if linked.subject.lemma == main.subject.lemma and main.subject.form != "pronoun":
        main = replace(main, subject=pronoun_for(main.subject))
    if linked.subject.owned and main.subject.form != "pronoun":
        raise UnfitError("his mother, before it is said whose")
    main = replace(main, times=())
    first, english, tag_list, signature = maker.state(linked, "subject")
    second, second_signature = german_order.inverted(main)
    main_english = english_order.statement(main)
    return maker.finish(
        f"{first}, {word} {second}",
        f"{english}, {english_word} {main_english} {english_end}".strip(),
        [*tag_list, *tags.of_clause(main), "inv"],
        f"{signature}, {word} {second_signature}",
    )


def _unreal_english(clause: Clause) -> Clause:
    """Return the condition of an unreal sentence in its English tense: if I had, if I had had."""
    return replace(
        clause, tense="pluperfect" if clause.tense == "konjunktiv past" else "past", moment="unreal"
    )
