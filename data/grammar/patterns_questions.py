"""Questions: yes or no, all question words, polite requests."""

from dataclasses import replace

from . import english_order, german_order, people, tags, times
from .clauses import Clause, Modal, Moment, Tense
from .declension import TWO_WAY_PREPOSITIONS
from .filling import Part
from .frames import Scene
from .maker import Maker, Sentence, plannable
from .notation import PERSON_KINDS, Frame, Group, Mark, Slot, flatten
from .nounphrase import NounPhrase, UnfitError, is_pet, pronoun
from .words import Adverbial

GIVING = "geben leihen schenken schicken zeigen bringen erzählen schreiben verkaufen zurückgeben".split()
"""Verbs that English asks with: who did you give it to?"""

OWN = "duschen aufstehen gehen bleiben schlafen trinken essen kommen sein sitzen tragen fahren".split()
"""What one does for oneself and offers to nobody."""

SELFISH = (
    "anprobieren anziehen ausziehen aufsetzen benutzen lernen probieren auspacken lesen gehen bleiben".split()
)
"""What one does for oneself and is asked for by nobody."""

DA_VOWELS = "aeiouäöü"
WHO = NounPhrase(("wer", "wen", "wem", "wessen"), "who", "er", "question", "m", "wer")


def yes_no(maker: Maker, scene: Scene) -> Sentence:
    """Kochst du heute? Hat er gekocht?"""
    frame = scene.frame
    _askable(frame)
    subject = maker.subject(frame, pronouns=people.QUESTION, kind="question")
    if frame.aspect == "event" or (maker.chance(0.35) and frame.aspect == "act" and not frame.has("nopast")):
        tense: Tense = "past" if frame.verb in ("sein", "haben") else "perfect"
        clause = maker.timed(maker.clause(frame, subject, tense=tense, moment="past"), "past", 0.6)
    elif frame.aspect == "state":
        clause = maker.clause(frame, subject)
    else:
        if frame.has("small"):
            raise UnfitError("too small")
        moments: list[Moment] = ["future", "future"]
        if frame.has("often") or frame.has("fun"):
            moments.append("habit")
        if not plannable(frame):
            moments = []
        if not frame.has("nonow"):
            moments.append("none")
        if frame.has("nohabit"):
            moments = [each for each in moments if each != "habit"]
        if not moments:
            raise UnfitError("no time for it")
        moment = maker.rng.choice(moments)
        clause = maker.clause(frame, subject, moment=moment)
        if moment == "habit" and maker.chance(0.5):
            entry = times.named(maker.rng.choice(("oft", "manchmal", "immer")))
            clause = replace(clause, frequency=entry)
        elif moment != "none":
            clause = maker.timed(clause, moment)
    return _asked(maker, clause)


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
    _askable(frame)
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
    please = maker.chance(0.6)
    if please:
        entry = Adverbial("bitte", "please", "frequency", (), (), ())
        clause = replace(clause, frequency=entry)
    if maker.chance(0.25):
        clause = maker.timed(clause, "future")
    return _asked(maker, clause)


def offer(maker: Maker, scene: Scene) -> Sentence:
    """Soll ich dir helfen? Darf ich das Fenster öffnen? Wollen wir tanzen?"""
    frame = scene.frame
    if frame.aspect != "act" or frame.has("nomodal"):
        raise UnfitError("no offer")
    if frame.has("us") and maker.chance(0.5):
        key, modal, opening = "wir", maker.rng.choice(("wollen", "sollen")), ""
        opening = {"wollen": "shall", "sollen": "should"}[modal]
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
    english = english_order.yes_no_question(clause)
    english = opening + english.removeprefix("should")
    modal_: Modal = {"wollen": "wollen", "sollen": "sollen", "dürfen": "dürfen"}[modal]  # type: ignore[assignment]
    clause = replace(clause, modal=modal_, tense="present")
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


def asking_slot(maker: Maker, scene: Scene) -> Sentence:
    """Was kochst du? Wem hilfst du? Auf wen wartest du? Womit fährst du? Welche Suppe kochst du?"""
    frame = scene.frame
    _askable(frame)
    subject = maker.subject(frame, pronouns=people.QUESTION, kind="question")
    tense, moment = _question_tense(maker, frame)
    clause = maker.clause(frame, subject, tense=tense, moment=moment, group_chance=0.3)
    slots = [part for part in clause.filled.german if part.kind == "slot" and part.case in ("acc", "dat")]
    fixed = {item.index for item in flatten(frame.german) if isinstance(item, Slot) and item.adjectives == ()}
    slots = [p for p in slots if p.index not in fixed or (p.phrase and p.phrase.noun is None)]
    if not slots or frame.verb in ("machen", "haben"):
        raise UnfitError("nothing to ask for")
    part = maker.rng.choice(slots)
    german_word, english_word = _question_word(maker, part)
    if german_word.startswith("welch") and frame.aspect == "event":
        raise UnfitError("rather what")
    if not _mentions_english(clause, part.index):
        raise UnfitError("the English side has no such slot")
    clause = replace(clause, gap=part.index)
    parts = clause.filled.english
    first = german_word == "wem" and len(parts) > 1 and parts[0].index == part.index
    given = first and frame.verb in GIVING
    if (given and any(each.group >= 0 for each in parts)) or (
        first and not given and sum(bool(each.index) for each in parts) > 1
    ):
        raise UnfitError("to whom or for whom?")
    if moment in ("future", "past") and not given:
        clause = maker.timed(clause, moment, 0.4)
    german, signature = german_order.question(clause, german_word)
    english = english_order.question(clause, english_word) + (" to" if given else "")
    extra = ["q", *_part_tags(part)]
    return maker.finish(german, english, [*tags.of_clause(clause), *extra], signature + "?", "?")


def asking_circumstance(maker: Maker, scene: Scene) -> Sentence:
    """Wann kochst du? Warum kocht er nicht? Wo hast du gekocht? Wie oft kochst du?"""
    frame = scene.frame
    _askable(frame)
    subject = maker.subject(frame, pronouns=people.QUESTION, kind="question")
    places = {group.kind for group in frame.german if isinstance(group, Group)} & {"wo", "wohin"}
    personal = frame.subject is not None and frame.subject.choices[0].names[0] in PERSON_KINDS
    choices = ["warum"] if scene.link("pro") and not frame.has("good") else []
    choices += ["wann"] if not frame.has("small") and (plannable(frame) or frame.has("done")) else []
    if places and personal and (frame.aspect == "act" or frame.has("years")):
        choices += ["place"] * 3
    if frame.has("often"):
        choices.append("wie oft")
    if frame.has("hours"):
        choices.append("wie lange")
    if not choices:
        raise UnfitError("nothing to ask for")
    kind = maker.rng.choice(choices)
    if frame.aspect in ("state", "event") and kind in ("wann", "wie oft", "wie lange"):
        raise UnfitError("not asked of a state")
    if kind == "place":
        return _asking_place(maker, frame, subject, maker.rng.choice(sorted(places)))
    if kind == "wie oft":
        clause = maker.clause(frame, subject, moment="habit", group_chance=0.0)
        return _with_word(maker, clause, "wie oft", "how often")
    if kind == "wie lange":
        clause = maker.clause(frame, subject, moment="since", group_chance=0.3)
        return _with_word(maker, clause, "wie lange", "how long", after_question="schon ")
    tense, moment = _question_tense(maker, frame)
    if kind == "warum":
        negated = maker.chance(0.35) and bool(scene.link("con")) and not frame.has("noneg")
        clause = maker.clause(frame, subject, tense=tense, moment=moment, negated=negated, group_chance=0.35)
        return _with_word(maker, clause, "warum", "why")
    words = [("wann", "when")]
    if (frame.has("clock") or frame.aspect == "sched") and moment == "future":
        words.append(("um wie viel Uhr", "what time"))
    if frame.has("nonow") and moment == "none":
        moment = "future"
    if moment == "none":
        moment = "future"
    clause = maker.clause(frame, subject, tense=tense, moment=moment, group_chance=0.4)
    if clause.has_new_object:
        raise UnfitError("which one?")
    german_word, english_word = maker.rng.choice(words)
    return _with_word(maker, clause, german_word, english_word)


def _asking_place(maker: Maker, frame: Frame, subject: NounPhrase, kind: str) -> Sentence:
    tense, moment = _question_tense(maker, frame)
    clause = maker.clause(frame, subject, tense=tense, moment=moment, groups=(kind,))
    if sum(part.group >= 0 and part.group_kind == kind for part in clause.filled.german) < 1:
        raise UnfitError("no place")
    clause = replace(clause, gap_group=kind)
    if moment in ("future", "past"):
        clause = maker.timed(clause, moment, 0.3)
    return _with_word(maker, clause, kind, "where")


def _with_word(
    maker: Maker, clause: Clause, german_word: str, english_word: str, after_question: str = ""
) -> Sentence:
    if after_question:
        entry = Adverbial("schon", "", "frequency", (), (), ())
        clause = replace(clause, frequency=entry)
    german, signature = german_order.question(clause, german_word)
    english = english_order.question(clause, english_word)
    return maker.finish(german, english, [*tags.of_clause(clause), "q"], signature + "?", "?")


def _question_word(maker: Maker, part: Part) -> tuple[str, str]:
    """Return what asks for a part: was, wen, wem, womit, mit wem, welchen Film."""
    phrase = part.phrase
    assert phrase is not None
    noun = phrase.noun
    if part.preposition in TWO_WAY_PREPOSITIONS and part.case == "dat":
        raise UnfitError("places are asked for with wo")
    if noun is not None and not {"language", "instrument"}.isdisjoint(noun.classes):
        raise UnfitError("not asked for with was")
    if noun is None and phrase.form == "name" and phrase.person == "es":
        raise UnfitError("places are asked for with wo")
    person = noun is None or noun.is_person
    if person:
        word = WHO.case(part.case)
        return (f"{part.preposition} {word}" if part.preposition else word), "who"
    assert noun is not None
    if part.preposition and part.preposition not in (
        "an",
        "auf",
        "aus",
        "für",
        "mit",
        "nach",
        "über",
        "um",
        "von",
        "vor",
        "zu",
    ):
        raise UnfitError("no question word")
    if is_pet(noun):
        raise UnfitError("rather who")
    choosable = phrase.modified and not {"book", "movie", "clothing", "city"}.isdisjoint(noun.classes)
    if choosable and "+" not in phrase.lemma:
        asked = maker.which(noun, plural=phrase.person == "they")
        german = asked.case(part.case)
        return (f"{part.preposition} {german}" if part.preposition else german), asked.english
    if part.preposition:
        link = "r" if part.preposition[0] in DA_VOWELS else ""
        return f"wo{link}{part.preposition}", "what"
    if part.case != "acc":
        raise UnfitError("things are not asked for in the dative")
    return "was", "what"


def _mentions_english(clause: Clause, index: int) -> bool:
    refs = [part for part in clause.filled.english if part.index == index]
    return len(refs) == 1


def _part_tags(part: Part) -> list[str]:
    return ["dat"] if part.case == "dat" and part.preposition not in TWO_WAY_PREPOSITIONS else []


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


def _askable(frame: Frame) -> None:
    if frame.has("noq"):
        raise UnfitError("no question")


def _asked(maker: Maker, clause: Clause, end: str = "") -> Sentence:
    german, signature = german_order.yes_no_question(clause)
    english = english_order.yes_no_question(clause)
    return maker.finish(
        german, f"{english} {end}".strip(), [*tags.of_clause(clause), "q"], signature + "?", "?"
    )
