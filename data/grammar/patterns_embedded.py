"""Clauses inside clauses: indirect questions, infinitives with zu."""

from dataclasses import replace

from . import english_order, german_order, tags
from .clauses import Clause, Moment, Tense
from .frames import Scene
from .maker import Maker, Sentence, plannable
from .notation import PERSON_KINDS, Frame, Group
from .nounphrase import NounPhrase, UnfitError, pronoun, pronoun_for
from .patterns_simple import MEASURED

TRAITS = ("plan", "promise", "chore", "request", "fun", "skill", "rule", "hours")


def indirect(maker: Maker, scene: Scene) -> Sentence:
    """Weißt du, wann der Zug kommt? Ich frage mich, warum er weint."""
    frame = scene.frame
    matrix = maker.rng.choice(maker.book.matrices["frage"])
    if frame.has("small") or frame.has("noq"):
        raise UnfitError("too small to wonder about")
    asked = maker.chance(0.35)
    main = _polite_question(maker) if asked else _matrix_clause(maker, matrix)
    word, english_word = maker.rng.choice(_question_words(scene, matrix, asked=asked))
    tense: Tense = "present"
    moment: Moment = "none"
    if word == "wann" and frame.aspect != "event":
        moment = "future"
    elif frame.aspect == "event" or (maker.chance(0.5) and not frame.has("nopast")):
        tense, moment = _past(frame), "past"
    elif frame.has("nonow"):
        raise UnfitError("not now")
    negated = word == "warum" and bool(scene.link("con")) and maker.chance(0.3)
    inner = _embedded(maker, frame, main, tense, moment, negated=negated)
    if word == "wann" and inner.has_new_object:
        raise UnfitError("which one?")
    shown = inner
    if word == "wann" and moment == "future" and frame.aspect == "act":
        shown = replace(inner, tense="future")
    english = english_order.statement(shown, opening=english_word)
    second, second_signature = german_order.subordinate(inner, word)
    more = [*tags.of_clause(inner), "sub"]
    if asked:
        first, signature = german_order.yes_no_question(main)
        whole = f"{english_order.yes_no_question(main)} {english}"
        tag_list = [*tags.of_clause(main), *more, "q"]
        return maker.finish(f"{first}, {second}", whole, tag_list, f"{signature}, {second_signature}?", "?")
    first, main_english, tag_list, signature = maker.state(main)
    whole = f"{main_english} {english}"
    return maker.finish(f"{first}, {second}", whole, [*tag_list, *more], f"{signature}, {second_signature}")


def with_zu(maker: Maker, scene: Scene) -> Sentence:
    """Ich habe vergessen, die Tür abzuschließen. Es macht Spaß, im See zu schwimmen."""
    frame = scene.frame
    name = frame.subject.choices[0].names[0] if frame.subject else ""
    if frame.aspect != "act" or name not in PERSON_KINDS:
        raise UnfitError("nothing to do")
    kind, matrix = _attitude(maker, frame)
    tense: Tense = "present"
    moment: Moment = "none"
    if matrix.aspect == "event":
        tense, moment = ("perfect", "past") if maker.chance(0.7) else ("past", "past")
    elif maker.chance(0.3):
        tense, moment = "past", "past"
    main = _matrix_clause(maker, matrix, tense, moment)
    inner = maker.clause(
        frame,
        _controller(main, matrix),
        others=[main.subject, *(part.phrase for part in main.filled.german if part.phrase)],
        group_chance={"rule": 1.0, "skill": 0.1}.get(kind, 0.4),
    )
    german, signature = german_order.infinitive_clause(inner)
    if MEASURED.search(german) or (frame.has("nonow") and kind == "chore" and matrix.subject is None):
        raise UnfitError("not in bottles, or not now")
    _check_objects(inner, kind, impersonal=matrix.subject is None)
    first, main_english, tag_list, main_signature = maker.state(main)
    connective = main_english.rpartition(" ")[2]
    english = english_order.gerund(inner) if connective == "-ing" else english_order.infinitive(inner)
    return maker.finish(
        f"{first}, {german}",
        f"{main_english.removesuffix(f' {connective}')} {english}",
        [*tag_list, *tags.of_clause(inner), "inf"],
        f"{main_signature}, {signature}",
    )


def _question_words(scene: Scene, matrix: Frame, *, asked: bool) -> list[tuple[str, str]]:
    """Return the question words that a frame answers to, German and English."""
    frame = scene.frame
    personal = frame.subject is not None and frame.subject.choices[0].names[0] in PERSON_KINDS
    strange = any(frame.has(option) for option in ("bad", "long", "nomodal", "nohabit"))
    reasoned = bool(scene.link("pro")) and personal and not frame.has("good") and strange
    words = [("warum", "why")] if reasoned and not asked else []
    dated = frame.has("plan") or frame.has("clock") or frame.aspect == "sched"
    if (asked or not matrix.has("why")) and plannable(frame) and dated:
        words.append(("wann", "when"))
    if not words:
        raise UnfitError("nothing to ask for")
    return words


def _attitude(maker: Maker, frame: Frame) -> tuple[str, Frame]:
    """Draw what somebody thinks of doing something: by which trait of it, and the clause that says so."""
    asked = any(frame.has(option) for option in ("promise", "clock", "plan", "done"))
    kinds = [trait for trait in TRAITS if frame.has(trait) and (trait != "request" or asked)]
    if _is_no_task(frame):
        kinds = [kind for kind in kinds if kind != "chore"]
    if not kinds or frame.has("idiom"):
        raise UnfitError("no attitude to it")
    kind = maker.rng.choice(kinds)
    matrix = maker.rng.choice(maker.book.matrices[f"zu {kind}"])
    if (frame.has("small") and kind not in ("request", "chore")) or (kind == "hours" and not _begins(frame)):
        raise UnfitError("too small, or without a beginning")
    if any(frame.has(option) for option in ("long", "weeks", "nohabit")) and "Zeit" in str(matrix.german):
        raise UnfitError("not a matter of time")
    if kind == "rule" and matrix.subject is None and not any(isinstance(g, Group) for g in frame.german):
        raise UnfitError("forbidden where?")
    return kind, matrix


def _check_objects(inner: Clause, kind: str, *, impersonal: bool) -> None:
    """Refuse objects that do not go with what somebody thinks of it."""
    objects = [part.phrase for part in inner.filled.german if part.phrase]
    if impersonal and any(phrase.owned for phrase in objects):
        raise UnfitError("whose?")
    if kind == "promise" and any(each.form in ("name", "pronoun") or each.owned for each in objects):
        raise UnfitError("promised to one and done for another")
    if kind == "fun" and impersonal and not inner.has_new_object:
        definite = any(part.is_bare and part.phrase for part in inner.filled.german)
        if definite and inner.filled.frame.verb not in ("füttern", "fotografieren", "spielen"):
            raise UnfitError("which one?")


def _is_no_task(frame: Frame) -> bool:
    """Tell whether a duty is none that one can do once, or forget."""
    return not any(frame.has(option) for option in ("done", "plan", "passive", "house", "kitchen"))


def _begins(frame: Frame) -> bool:
    """Tell whether somebody can begin and end it: reading yes, sitting no."""
    active = (
        frame.has("chore") or frame.has("skill") or frame.verb in ("lesen", "tanzen", "singen", "arbeiten")
    )
    return active and frame.verb not in ("sitzen", "liegen", "stehen", "warten", "ausruhen", "suchen")


def _matrix_clause(maker: Maker, matrix: Frame, tense: Tense = "present", moment: Moment = "none") -> Clause:
    """Build the clause above."""
    subject = maker.subject(matrix)
    if matrix.subject is not None and not subject.can_own:
        raise UnfitError("nobody in particular")
    return maker.clause(matrix, subject, tense=tense, moment=moment)


def _polite_question(maker: Maker) -> Clause:
    """Return the clause of weißt du, wissen Sie, könnten Sie mir sagen."""
    know, say = maker.book.matrices["frage"][0], maker.book.matrices["höflich"][0]
    key = maker.rng.choice(("du", "du", "ihr", "Sie"))
    tag = "sie" if key == "Sie" else "du"
    subject = pronoun(key, (tag,))
    if maker.chance(0.5):
        return replace(maker.clause(know, subject), negated=False)
    return maker.clause(say, subject, modal="können", tense="konjunktiv" if maker.chance(0.5) else "present")


def _embedded(
    maker: Maker, frame: Frame, main: Clause, tense: Tense, moment: Moment, *, negated: bool
) -> Clause:
    """Build the clause inside, about another person."""
    others = [main.subject, *(part.phrase for part in main.filled.german if part.phrase)]
    pronouns = ["er", "sie"] if main.subject.person in ("du", "ihr", "Sie") else ["ich", "wir"]
    if main.subject.person in ("ich", "wir"):
        pronouns = ["du"]
    subject = maker.subject(frame, pronouns=pronouns, others=others)
    names = set(str(subject.lemma).split()) & set(str(main.subject.lemma).split()) - {"und", "Frau", "Herr"}
    if subject.form == "name" and main.subject.form == "name" and names:
        raise UnfitError("the same name twice")
    clause = maker.clause(
        frame,
        subject,
        tense=tense,
        moment=moment,
        negated=negated,
        group_chance=0.35,
        others=[main.subject] if subject.person not in ("er", "sie") else (),
    )
    if any(_is_third(part.phrase) for part in clause.filled.german if part.case == "acc"):
        raise UnfitError("which of them?")
    return clause


def _is_third(phrase: NounPhrase | None) -> bool:
    """Tell whether a pronoun may mean the subject above: ihn, sie."""
    return phrase is not None and phrase.form == "pronoun" and phrase.person in ("er", "sie", "they")


def _past(frame: Frame) -> Tense:
    """Return the tense for what happened."""
    if frame.has("nopast"):
        raise UnfitError("no past")
    return "past" if frame.aspect == "state" or frame.verb in ("sein", "haben") else "perfect"


def _controller(main: Clause, matrix: Frame) -> NounPhrase:
    """Return who does what the infinitive says: the subject, or the person who is asked to."""
    phrase = main.filled.phrase(1)
    if (matrix.has("control") or matrix.subject is None) and phrase is not None:
        if not phrase.can_own:
            raise UnfitError("nobody in particular")
        return pronoun_for(phrase)
    return pronoun("man") if matrix.subject is None else main.subject
