"""Questions: what is done already, with modal verbs, polite requests, offers, who does it."""

from dataclasses import replace

from . import english_order, german_order, people, tags, times
from .clauses import Clause, Modal, Moment, Tense
from .frames import Scene
from .maker import Maker, Sentence, plannable
from .notation import Frame, Mark
from .nounphrase import NounPhrase, UnfitError, pronoun
from .words import Adverbial

OWN = "duschen aufstehen gehen bleiben schlafen trinken essen kommen sein sitzen tragen fahren".split()
"""What one does for oneself and offers to nobody."""

SELFISH = (
    "anprobieren anziehen ausziehen aufsetzen benutzen lernen probieren auspacken lesen gehen bleiben".split()
)
"""What one does for oneself and is asked for by nobody."""

SUGGESTED: tuple[tuple[Modal, str], ...] = (("wollen", "shall"), ("sollen", "should"))
WHO = NounPhrase(("wer", "wen", "wem", "wessen"), "who", "er", "question", "m", "wer")


def already(maker: Maker, scene: Scene) -> Sentence:
    """Hast du schon gekocht? Hast du schon einmal einen Kuchen gebacken?"""
    frame = scene.frame
    if not (frame.has("done") or frame.has("ever")) or frame.aspect == "state":
        raise UnfitError("not done with")
    subject = maker.subject(frame, pronouns=people.QUESTION, kind="question")
    clause = maker.clause(frame, subject, tense="perfect", moment="done", group_chance=0.3)
    if frame.has("done"):
        if clause.has_new_object:
            raise UnfitError("which one?")
        clause = replace(clause, frequency=times.named("schon", "already")._replace(english=""))
        return _asked(maker, clause, end="yet")
    clause = replace(
        clause, frequency=times.named("schon oft")._replace(german="schon einmal", english="ever")
    )
    return _asked(maker, clause)


def with_modal(maker: Maker, scene: Scene) -> Sentence:
    """Kannst du kochen? Musst du heute arbeiten? Möchtest du tanzen?"""
    frame = scene.frame
    if frame.has("noq"):
        raise UnfitError("no question")
    if frame.aspect != "act" or frame.has("nomodal"):
        raise UnfitError("no modal verb")
    modals: list[tuple[Modal, Tense]] = []
    if frame.has("fun") or (frame.has("plan") and not frame.has("chore")):
        modals += [("wollen", "present"), ("mögen", "konjunktiv")]
    if frame.has("chore"):
        modals += [("müssen", "present")]
    if frame.has("skill") or frame.has("promise"):
        modals += [("können", "present")]
    if frame.has("rule"):
        modals += [("dürfen", "present")]
    if not modals:
        raise UnfitError("no modal verb")
    modal, tense = maker.rng.choice(modals)
    subject = maker.subject(frame, pronouns=people.QUESTION, kind="question")
    if modal == "dürfen" and subject.form != "pronoun":
        raise UnfitError("a grown-up asks nobody")
    clause = maker.clause(frame, subject, tense=tense, modal=modal)
    return _asked(maker, clause if frame.has("small") else maker.timed(clause, "future", 0.5))


def request(maker: Maker, scene: Scene) -> Sentence:
    """Könntest du bitte das Fenster schließen? Würden Sie mir helfen?"""
    frame = scene.frame
    if not frame.has("request") or frame.has("noimp") or frame.has("school") or frame.verb in SELFISH:
        raise UnfitError("nobody asks for it")
    if frame.verb != "setzen" and any(getattr(item, "sign", "").startswith("sich") for item in frame.german):
        raise UnfitError("nobody asks for it")
    key = maker.rng.choice(("du", "du", "ihr", "Sie", "Sie"))
    subject = maker.subject_as(frame, key)
    variant = maker.rng.choice(("können", "könnten", "würden", "könnten"))
    others = [pronoun("er")]
    clause = maker.clause(frame, subject, others=others, group_chance=0.3)
    if clause.has_new_object and not (frame.has("promise") or frame.has("plan")):
        raise UnfitError("which one?")
    if variant == "würden":
        clause = replace(clause, tense="konjunktiv")
    else:
        clause = replace(clause, modal="können", tense="present" if variant == "können" else "konjunktiv")
    if maker.chance(0.6):
        clause = replace(clause, frequency=Adverbial("bitte", "please"))
    if maker.chance(0.25):
        clause = maker.timed(clause, "future")
    return _asked(maker, clause)


def offer(maker: Maker, scene: Scene) -> Sentence:
    """Soll ich dir helfen? Darf ich das Fenster öffnen? Wollen wir tanzen?"""
    frame = scene.frame
    if frame.aspect != "act" or frame.has("nomodal"):
        raise UnfitError("no offer")
    modal: Modal
    if frame.has("us") and maker.chance(0.5):
        key = "wir"
        modal, opening = maker.rng.choice(SUGGESTED)
    elif frame.has("rule") and maker.chance(0.6):
        key, modal, opening = "ich", "dürfen", "may"
    elif frame.has("request") and not any(isinstance(item, Mark) for item in frame.german):
        key, modal, opening = "ich", "sollen", "should"
    else:
        raise UnfitError("no offer")
    subject = maker.subject_as(frame, key)
    clause = maker.clause(frame, subject, modal="sollen", tense="konjunktiv", group_chance=0.4)
    if key == "ich" and (
        frame.verb in (*OWN, *SELFISH)
        or any(part.phrase and part.phrase.owned for part in clause.filled.german)
    ):
        raise UnfitError("nobody is offered that")
    clause = maker.timed(clause, "future", 0.4)
    english = opening + english_order.yes_no_question(clause).removeprefix("should")
    clause = replace(clause, modal=modal, tense="present")
    german, signature = german_order.yes_no_question(clause)
    return maker.finish(german, english, [*tags.of_clause(clause), "q"], signature + "?", "?")


def asking_subject(maker: Maker, scene: Scene) -> Sentence:
    """Wer kocht heute? Wer hat das Fenster geöffnet?"""
    frame = scene.frame
    slot = frame.subject
    if (
        slot is None
        or slot.choices[0].names[0] not in ("person", "adult", "child")
        or frame.has("noq")
        or frame.has("small")
        or slot.case == "dat"
    ):
        raise UnfitError("no person to ask for")
    tense, moment = _question_tense(maker, frame)
    clause = maker.clause(frame, WHO, tense=tense, moment=moment)
    if moment in ("future", "past"):
        clause = maker.timed(clause, moment, 0.5)
    german, signature = german_order.question(clause, "wer", with_subject=False)
    if len(german.split(" ")) < 4 and tense == "present":
        raise UnfitError("too bare")
    english = english_order.question(clause, "who", of_subject=True)
    return maker.finish(german, english, [*tags.of_clause(clause), "q"], signature + "?", "?")


def _question_tense(maker: Maker, frame: Frame) -> tuple[Tense, Moment]:
    if frame.aspect == "state":
        return "present", "none"
    if frame.aspect == "event" or (maker.chance(0.4) and not frame.has("nopast")):
        return ("past" if frame.verb in ("sein", "haben") else "perfect"), "past"
    if not plannable(frame):
        return "present", "none"
    if frame.has("nonow"):
        return "present", "future"
    return "present", maker.rng.choice(("none", "future"))


def _asked(maker: Maker, clause: Clause, end: str = "") -> Sentence:
    german, signature = german_order.yes_no_question(clause)
    english = english_order.yes_no_question(clause)
    return maker.finish(
        german, f"{english} {end}".strip(), [*tags.of_clause(clause), "q"], signature + "?", "?"
    )
