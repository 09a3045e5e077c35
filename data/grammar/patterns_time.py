"""Clauses of time: what goes on during something else (während) and what interrupts it (als)."""

from dataclasses import replace

from . import times
from .clauses import Clause, Tense
from .frames import Scene
from .maker import Maker, Sentence, plannable
from .notation import Frame
from .nounphrase import UnfitError
from .subordination import joined

INDOORS = ("home", "kitchen", "house", "calm", "early")
OUTDOORS = ("garden", "outside", "trip", "summer")
UNBROKEN = ("nonow", "small", "nopast", "long", "night")
"""Options of what nothing interrupts."""


def meanwhile(maker: Maker, scene: Scene) -> Sentence:
    """Während die Kinder schliefen, habe ich gekocht. Während er kocht, liest sie."""
    frame = scene.frame
    anchors = scene.link("while")
    if not anchors or frame.aspect != "act":
        raise UnfitError("nothing to hang on")
    anchor = maker.rng.choice(anchors)
    if not (frame.has("hours") or frame.has("chore")):
        raise UnfitError("nothing goes on")
    main = _main(maker, frame)
    first = maker.chance(0.6)
    tense: Tense = "present" if main.tense == "present" else "past"
    linked = maker.link(anchor, main, tense=tense, moment="while", full=first)
    if (
        linked.subject.lemma == main.subject.lemma
        or (linked.subject.form == "pronoun" and linked.subject.lemma != "es")
        or anchor.verb == frame.verb
    ):
        raise UnfitError("nobody does two things")
    return joined(maker, main, linked, ("während", "while"), first=first)


def interrupted(maker: Maker, scene: Scene) -> Sentence:
    """Ich kochte gerade, als das Telefon klingelte. Als der Strom ausfiel, kochten wir gerade."""
    frame = scene.frame
    if frame.aspect != "act" or any(frame.has(option) for option in UNBROKEN):
        raise UnfitError("not interrupted")
    if not any(frame.has(option) for option in ("hours", "chore", "often")):
        raise UnfitError("not interrupted")
    names = ["cell_rings"]
    if any(frame.has(option) for option in INDOORS):
        names = ["telephone", "bell", "neighbor_comes", "power_fails", "guests_come"]
    elif any(frame.has(option) for option in OUTDOORS):
        names = ["rain_start", "storm_come", "cell_rings"]
    name = maker.rng.choice(names)
    subject = maker.subject(frame)
    if name == "cell_rings" and subject.agreement in ("wir", "ihr", "sie"):
        raise UnfitError("a cell phone each")
    if subject.noun is not None and not subject.noun.is_person:
        raise UnfitError("not interrupted")
    main = maker.clause(frame, subject, tense="past", moment="now", group_chance=0.4)
    main = replace(main, times=(times.named("gerade")._replace(english=""),))
    linked = maker.link(maker.book.named[name], main, tense="past", moment="past")
    fronts = [front for front in maker.fronts(main) if front != "time"]
    return joined(maker, main, linked, ("als", "when"), first=not maker.chance(0.6), fronts=fronts)


def _main(maker: Maker, frame: Frame) -> Clause:
    """Return a main clause: what somebody did, does or must do."""
    subject = maker.subject(frame)
    if not subject.can_own:
        raise UnfitError("nobody to go on about")
    if maker.chance(0.55):
        if frame.has("nopast"):
            raise UnfitError("no past")
        perfect = maker.chance(0.4) and frame.verb not in ("sein", "haben")
        return maker.clause(
            frame, subject, tense="perfect" if perfect else "past", moment="past", group_chance=0.35
        )
    if not plannable(frame):
        raise UnfitError("no plan")
    modal = maker.chance(0.3) and not frame.has("nomodal")
    modal = modal and any(frame.has(option) for option in ("chore", "fun", "plan"))
    clause = maker.clause(frame, subject, modal="müssen" if modal else "", group_chance=0.35)
    if modal and not frame.has("chore"):
        raise UnfitError("nobody must")
    return clause
