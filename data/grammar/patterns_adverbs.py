"""Clauses with wieder and zusammen, and with the subject man."""

from dataclasses import replace

from . import people
from .clauses import Modal, Moment, Tense
from .frames import Scene
from .maker import Maker, Sentence
from .notation import PERSON_KINDS, Frame, Group
from .nounphrase import UnfitError, pronoun
from .patterns_simple import stated
from .words import Adverbial

PLURAL = ("wir", "wir", "they")
ALLURING = "schwimmen wandern joggen gehen zelten segeln reiten angeln grillen laufen machen spielen".split()
"""What one can do at a good place for it."""


def again(maker: Maker, scene: Scene) -> Sentence:
    """Morgen gehe ich wieder schwimmen. Sie hat wieder den Bus verpasst."""
    frame = scene.frame
    if not _personal(frame) or frame.has("nohabit") or not (frame.has("often") or frame.has("bad")):
        raise UnfitError("it does not come again")
    if frame.aspect == "state":
        raise UnfitError("it does not end")
    tense: Tense = "present"
    moment: Moment = "future"
    if frame.aspect == "event" or (maker.chance(0.5) and not frame.has("nopast")):
        tense, moment = "perfect", "past"
    if frame.has("small") or frame.is_negative or frame.verb.startswith("wieder"):
        raise UnfitError("not again")
    clause = maker.timed(
        maker.clause(frame, maker.subject(frame), tense=tense, moment=moment, group_chance=0.35), moment
    )
    return stated(maker, replace(clause, frequency=Adverbial("wieder"), ending="again"))


def together(maker: Maker, scene: Scene) -> Sentence:
    """Wir kochen heute zusammen. Anna und Ben gehen zusammen ins Kino."""
    frame = scene.frame
    if not frame.has("us") or frame.aspect != "act":
        raise UnfitError("not together")
    subject = people.two_names(maker.rng) if maker.chance(0.35) else pronoun(maker.rng.choice(PLURAL))
    tense: Tense = "present"
    moment: Moment = maker.rng.choice(("future", "past", "habit" if frame.has("often") else "future"))
    if moment == "past":
        tense = "perfect" if maker.chance(0.6) else "past"
    clause = maker.timed(maker.clause(frame, subject, tense=tense, moment=moment, group_chance=0.35), moment)
    if any(part.german.startswith("mit ") for part in clause.filled.german):
        raise UnfitError("together with whom?")
    return stated(maker, replace(clause, frequency=Adverbial("zusammen"), ending="together"))


def one_can(maker: Maker, scene: Scene) -> Sentence:
    """Hier darf man nicht rauchen. Im See kann man gut schwimmen. Man sollte nicht zu spät kommen."""
    frame = scene.frame
    if not _personal(frame) or frame.aspect != "act" or frame.has("nomodal"):
        raise UnfitError("not for everybody")
    if frame.verb in ("liegen", "sitzen", "arbeiten"):
        raise UnfitError("nothing to allow")
    places = any(isinstance(item, Group) and item.kind == "wo" for item in frame.german)
    modals: list[tuple[Modal, Tense, bool]] = []
    if frame.has("ban") or frame.has("rule"):
        modals += [("dürfen", "present", True), ("dürfen", "present", False)]
    if frame.has("fun") and places and frame.verb in ALLURING:
        modals += [("können", "present", False)] * 2
    if not modals:
        raise UnfitError("no rule")
    modal, tense, negated = maker.rng.choice(modals)
    if frame.has("ban"):
        negated = True
    if not places and not frame.has("ban"):
        raise UnfitError("forbidden where?")
    groups = ("wo",) if places else ()
    clause = maker.clause(frame, pronoun("man"), tense=tense, modal=modal, negated=negated, groups=groups)
    if any(part.phrase and part.phrase.form == "pronoun" for part in clause.filled.german):
        raise UnfitError("a rule is about nobody in particular")
    fronts = maker.fronts(clause)
    return stated(maker, clause, maker.rng.choice(fronts[1:] or fronts))


def _personal(frame: Frame) -> bool:
    return frame.subject is not None and frame.subject.choices[0].names[0] in PERSON_KINDS
