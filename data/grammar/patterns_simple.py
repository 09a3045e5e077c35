"""Statements with one clause: in all tenses, with modal verbs, passive, of habits, likings and attitudes."""

import re
from dataclasses import replace

from . import people, times
from .clauses import Clause, Liking, Modal, Moment, Tense
from .frames import Scene
from .maker import NARRATED, Maker, Sentence
from .notation import Frame, Slot
from .nounphrase import UnfitError, pronoun

PASSIVES: tuple[tuple[Modal, Tense, Moment], ...] = (
    ("", "past", "past"),
    ("", "past", "past"),
    ("", "perfect", "past"),
    ("", "present", "none"),
    ("müssen", "present", "none"),
    ("müssen", "past", "none"),
    ("sollen", "present", "none"),
)
HABITUAL: tuple[Modal, Tense, Moment] = ("", "present", "habit")
MEASURED = re.compile(r"eine? (?:Tasse|Glas|Flasche|Stück|Kilo)\b")


def present(maker: Maker, scene: Scene) -> Sentence:
    """Er kocht gerade. Wir kochen morgen. Ich koche jeden Tag."""
    frame = scene.frame
    if frame.aspect == "event" or (frame.has("nonow") and frame.aspect == "state"):
        raise UnfitError("not in the present")
    moments: list[Moment] = ["none", "now", "future", "future"]
    if frame.has("nonow"):
        moments = ["future"]
    if not frame.has("nohabit"):
        moments += ["habit"] * (3 if frame.has("often") else 1 if frame.has("fun") else 0)
    if frame.aspect in ("state", "sched"):
        moments = ["none"] if frame.aspect == "state" else ["future"]
    moment = maker.rng.choice(moments)
    clause = maker.clause(frame, maker.subject(frame))
    if moment != "none":
        clause = maker.timed(clause, moment)
    return stated(maker, clause)


def past(maker: Maker, scene: Scene) -> Sentence:
    """Gestern habe ich gekocht. Er kochte. Sie war krank."""
    frame = scene.frame
    tense = _past_tense(maker, scene)
    clause = maker.clause(frame, maker.subject(frame), tense=tense, moment="past")
    if frame.aspect != "state":
        clause = maker.timed(clause, "past", 0.7)
    return stated(maker, clause)


def formerly(maker: Maker, scene: Scene) -> Sentence:
    """Früher kochte er oft."""
    frame = scene.frame
    if (
        not ((frame.has("often") and frame.has("fun")) or frame.has("years"))
        or frame.has("nohabit")
        or frame.has("nopast")
    ):
        raise UnfitError("no habit")
    tense: Tense = "past" if maker.chance(0.5) or frame.aspect == "state" else "perfect"
    clause = maker.clause(frame, maker.subject(frame), tense=tense, moment="formerly", group_chance=0.6)
    if clause.subject.noun is not None and not clause.subject.noun.is_person:
        raise UnfitError("animals have no past")
    if not frame.has("years"):
        clause = replace(clause, frequency=times.named(maker.rng.choice(("oft", "oft", "manchmal"))))
    german_time = times.named("früher")
    clause = replace(clause, times=(german_time._replace(english=""),))
    return stated(maker, clause, "time" if maker.chance(0.7) else "subject")


def since(maker: Maker, scene: Scene) -> Sentence:
    """Seit zwei Jahren wohnt sie in Köln."""
    frame = scene.frame
    if not any(frame.has(length) for length in times.LENGTHS) or frame.aspect == "event":
        raise UnfitError("no duration")
    clause = maker.clause(frame, maker.subject(frame), moment="since")
    return stated(maker, replace(clause, times=(times.draw(maker.rng, frame, "since"),)))


def done(maker: Maker, scene: Scene) -> Sentence:
    """Ich habe schon gekocht. Sie hat noch nie gekocht."""
    frame = scene.frame
    if frame.aspect in ("state", "event") or not (frame.has("done") or frame.has("ever")):
        raise UnfitError("not done with")
    adverb = "schon" if frame.has("done") else maker.rng.choice(("noch nie", "schon oft"))
    if frame.has("done") and maker.chance(0.3):
        entry = times.named("gerade", "just")
    else:
        entry = times.named(adverb, {"schon": "already"}.get(adverb, ""))
    clause = maker.clause(frame, maker.subject(frame), tense="perfect", moment="done", group_chance=0.3)
    return stated(maker, replace(clause, frequency=entry))


def frequent(maker: Maker, scene: Scene) -> Sentence:
    """Wir kochen oft. Er kocht nie."""
    frame = scene.frame
    if not frame.has("often") or frame.aspect == "event":
        raise UnfitError("not often")
    entry = times.draw(maker.rng, frame, "habit", "frequency")
    clause = maker.clause(frame, maker.subject(frame), moment="habit")
    noun = clause.subject.noun
    if entry.german in ("nie", "fast nie", "selten") and noun is not None and not noun.is_person:
        raise UnfitError("animals do it or not")
    return stated(maker, replace(clause, frequency=entry))


def with_modal(maker: Maker, scene: Scene) -> Sentence:
    """Ich muss morgen kochen. Du darfst hier nicht rauchen. Wir wollten kochen."""
    frame = scene.frame
    if frame.aspect in ("event", "state", "sched") or frame.has("nomodal"):
        raise UnfitError("no modal verb")
    modal, tense = maker.rng.choice(_modals(frame))
    unwanted = frame.has("small") or frame.verb in ("warten", "stehen", "schlafen")
    unwanted = unwanted or (frame.verb in ("sitzen", "liegen") and not frame.has("fun"))
    if unwanted and modal in ("wollen", "mögen", "können"):
        raise UnfitError("too small to want")
    negated = (maker.chance(0.25) or (modal, tense) == ("können", "past")) and not frame.has("noneg")
    if frame.has("ban"):
        negated = modal == "dürfen"
    if (modal, tense) == ("können", "past") and not negated:
        raise UnfitError("could: rather was able to")
    if negated and modal == "mögen":
        raise UnfitError("not to want is rather wollen")
    subject = maker.subject(frame, pronouns=people.ADVICE)
    young = subject.noun is not None and not {"child", "kin-child"}.isdisjoint(subject.noun.classes)
    if modal == "dürfen" and not negated and not young and subject.person not in NARRATED:
        raise UnfitError("a grown-up asks nobody")
    if subject.person in NARRATED and (modal in ("wollen", "mögen") or tense == "past"):
        raise UnfitError("nobody tells you what you want")
    clause = maker.clause(frame, subject, tense=tense, modal=modal, negated=negated, kein=maker.chance(0.8))
    if not (negated and modal == "wollen") and not (frame.has("small") and tense == "past"):
        clause = maker.timed(clause, "past" if tense == "past" else "future", 0.5)
    if subject.person == "Sie":
        return _formal(maker, clause)
    return stated(maker, clause)


def _modals(frame: Frame) -> list[tuple[Modal, Tense]]:
    """Return the modal verbs that go with a frame, the likelier ones several times."""
    modals: list[tuple[Modal, Tense]] = []
    if frame.has("chore"):
        modals += [("müssen", "present"), ("müssen", "present"), ("müssen", "past"), ("sollen", "present")]
    if frame.has("fun") or frame.has("plan"):
        modals += [("wollen", "present"), ("wollen", "past")]
        modals += [("mögen", "konjunktiv")] * 2
    if frame.has("plan") or frame.has("chore"):
        modals += [("sollen", "konjunktiv"), ("können", "past")]
    if frame.has("skill"):
        modals += [("können", "present")] * 2
    if frame.has("rule") or frame.has("ban"):
        modals += [("dürfen", "present")] * 4
    if not modals:
        raise UnfitError("no modal verb")
    return modals


def should_have(maker: Maker, scene: Scene) -> Sentence:
    """Du hättest früher kommen sollen."""
    frame = scene.frame
    if (
        frame.aspect != "act"
        or not (frame.has("chore") or frame.has("plan") or frame.has("request"))
        or frame.has("nomodal")
    ):
        raise UnfitError("no duty")
    joy = frame.has("fun") and not frame.has("chore")
    modal: Modal = "können" if joy else maker.rng.choice(("sollen", "sollen", "können"))
    subject = maker.subject(frame, pronouns=people.ADVICE)
    if subject.person == "Sie":
        raise UnfitError("Sie at the beginning")
    negated = maker.chance(0.2) and modal == "sollen" and not frame.has("noneg")
    clause = maker.clause(frame, subject, tense="konjunktiv past", modal=modal, negated=negated, kein=False)
    return stated(maker, clause, "subject")


def passive(maker: Maker, scene: Scene) -> Sentence:
    """Der Zaun wird gestrichen. Der Brief muss geschrieben werden."""
    frame = scene.frame
    if not frame.has("passive"):
        raise UnfitError("no passive")
    if not any(isinstance(item, Slot) and item.index == 1 for item in frame.german):
        raise UnfitError("no object to promote")
    variants = PASSIVES if frame.aspect == "act" else PASSIVES[:3]
    if frame.aspect == "act" and frame.has("often"):
        variants = (*variants, *[HABITUAL] * 3)
    modal, tense, moment = maker.rng.choice(variants)
    if modal == "müssen" and not frame.has("chore"):
        raise UnfitError("no duty")
    negated = frame.has("done") and moment == "past" and maker.chance(0.2) and not frame.has("noneg")
    clause = maker.clause(frame, pronoun("man"), tense=tense, moment=moment, modal=modal, negated=negated)
    promoted = clause.filled.phrase(1)
    if (
        promoted is None
        or promoted.form == "pronoun"
        or promoted.owned
        or promoted.modified
        or not promoted.is_definite
    ):
        raise UnfitError("no subject for a passive")
    clause = replace(clause, passive=True, subject=promoted, gap=1)
    if moment in ("past", "habit"):
        clause = maker.timed(clause, moment, 0.8 if moment == "past" else 1.0)
    elif maker.chance(0.4):
        clause = maker.timed(clause, "past" if tense == "past" else "future")
    if any("clock" in time.tags for time in clause.times):
        raise UnfitError("not on the minute")
    return stated(maker, clause)


def liking(maker: Maker, scene: Scene) -> Sentence:
    """Ich koche gern. Am liebsten trinke ich Tee. Er bleibt lieber zu Hause."""
    frame = scene.frame
    if not frame.has("fun") or frame.has("nohabit") or frame.aspect != "act" or frame.has("small"):
        raise UnfitError("nobody likes it")
    negated = maker.chance(0.15)
    if negated and any(isinstance(item, Slot) for item in frame.german):
        raise UnfitError("which one?")
    if frame.has("us") and not frame.has("often"):
        raise UnfitError("on an occasion")
    clause = maker.clause(
        frame, maker.subject(frame), moment="habit", negated=negated, kein=False, bare=True, group_chance=0.6
    )
    likings: tuple[Liking, ...] = ("gern", "gern", "gern", "lieber", "am liebsten")
    if any(part.phrase and MEASURED.search(part.german) for part in clause.filled.german):
        raise UnfitError("not in bottles")
    if any(
        part.is_bare and part.german.startswith(("ein ", "eine ", "einen ")) for part in clause.filled.german
    ):
        raise UnfitError("only one?")
    how = "gern" if negated else maker.rng.choice(likings)
    clause = replace(clause, liking=how)
    front = "liking" if how == "am liebsten" and maker.chance(0.6) else None
    return stated(maker, clause, front)


def attitude(maker: Maker, scene: Scene) -> Sentence:
    """Leider habe ich den Bus verpasst. Vielleicht kommt er morgen."""
    frame = scene.frame
    if frame.aspect == "event" or (maker.chance(0.3) and not frame.has("nopast")):
        names = (["leider"] if frame.has("bad") else []) + (
            ["zum Glück", "endlich"] if frame.has("good") else []
        )
        if not names:
            raise UnfitError("no attitude")
        clause = maker.clause(frame, maker.subject(frame), tense=_past_tense(maker, scene), moment="past")
    else:
        if frame.aspect == "state":
            raise UnfitError("no attitude")
        names = ["vielleicht", "vielleicht", "wahrscheinlich"]
        if frame.has("fun"):
            names.append("hoffentlich")
        clause = maker.timed(maker.clause(frame, maker.subject(frame)), "future")
    entry = times.named(maker.rng.choice(names))
    if any("soon" in time.moments for time in clause.times):
        raise UnfitError("too sure for a guess")
    clause = replace(clause, attitude=entry)
    told = clause.subject.person in ("ich", "wir") or frame.aspect == "state"
    if told and entry.german == "wahrscheinlich" and clause.tense != "present":
        raise UnfitError("one knows what one did")
    return stated(maker, clause, "attitude" if maker.chance(0.6) else None)


def future(maker: Maker, scene: Scene) -> Sentence:
    """Ich werde dir helfen. Es wird bald regnen."""
    frame = scene.frame
    if frame.aspect == "event" or not (frame.has("plan") or frame.has("promise") or frame.aspect == "sched"):
        raise UnfitError("no plan")
    clause = maker.clause(frame, maker.subject(frame), tense="future")
    return stated(maker, maker.timed(clause, "future", 1.0 if frame.aspect == "sched" else 0.6))


def _past_tense(maker: Maker, scene: Scene) -> Tense:
    """Choose between Perfekt and Präteritum; sein and haben nearly always stand in the Präteritum."""
    frame = scene.frame
    if frame.verb in ("sein", "haben", "wollen", "können", "müssen", "wissen") or frame.aspect == "state":
        return "past"
    return "perfect" if maker.chance(0.6) else "past"


def stated(maker: Maker, clause: Clause, front: str | None = None) -> Sentence:
    """Finish a statement with something suitable in front."""
    if front is None:
        fronts = maker.fronts(clause)
        if clause.dative_subject:
            nominative = next((p for p in clause.filled.german if p.case == "nom" and p.is_bare), None)
            if (
                nominative is not None
                and maker.chance(0.6)
                and nominative.phrase
                and nominative.phrase.is_definite
            ):
                fronts = [f"slot {nominative.index}"]
        front = maker.rng.choice(fronts)
        if front == "subject" and maker.chance(0.35):
            front = maker.rng.choice(fronts)
    german, english, tag_list, signature = maker.state(clause, front)
    return maker.finish(german, english, tag_list, signature)


def _formal(maker: Maker, clause: Clause) -> Sentence:
    """Finish a statement to Sie: with a name at the end, so that Sie cannot be they."""
    person = people.titled(maker.rng)
    german, english, tag_list, signature = maker.state(clause, "subject")
    german, english = f"{german}, {person.case('nom')}", f"{english}, {person.english}"
    return maker.finish(german, english, [*tag_list, "name"], signature + " ,name")
