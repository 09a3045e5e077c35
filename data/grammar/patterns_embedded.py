"""Clauses inside clauses: dass, ob, indirect questions, infinitives with zu."""

from dataclasses import replace

from . import english_order, german_order, tags
from .clauses import Clause, Moment, Tense
from .english_order import gerund, infinitive
from .frames import Scene
from .maker import Maker, Sentence, plannable
from .notation import PERSON_KINDS, Frame, Group, Text
from .nounphrase import NounPhrase, UnfitError, pronoun, pronoun_for
from .patterns_simple import MEASURED

CONNECTIVES = ("that", "to", "-ing", "whether")
TRAITS = ("plan", "promise", "chore", "request", "fun", "skill", "rule", "hours")


def indirect(maker: Maker, scene: Scene) -> Sentence:
    """Weißt du, wann der Zug kommt? Ich frage mich, warum er weint."""
    frame = scene.frame
    matrix = maker.rng.choice(maker.book.matrices["frage"])
    if frame.has("small") or frame.has("noq"):
        raise UnfitError("too small to wonder about")
    asked = maker.chance(0.35)
    main = _polite_question(maker) if asked else _matrix_clause(maker, matrix)
    personal = frame.subject is not None and frame.subject.choices[0].names[0] in PERSON_KINDS
    strange = any(frame.has(option) for option in ("bad", "long", "nomodal", "nohabit"))
    reasoned = bool(scene.link("pro")) and personal and not frame.has("good") and strange
    words = [("warum", "why")] if reasoned and not asked else []
    dated = frame.has("plan") or frame.has("clock") or frame.aspect == "sched"
    if (asked or not matrix.has("why")) and plannable(frame) and dated:
        words += [("wann", "when")]
    if not words:
        raise UnfitError("nothing to ask for")
    german_word, english_word = maker.rng.choice(words)
    tense: Tense = "present"
    moment: Moment = "none"
    if german_word == "wann" and frame.aspect != "event":
        moment = "future"
    elif frame.aspect == "event" or (maker.chance(0.5) and not frame.has("nopast")):
        tense, moment = _past(frame)
    elif frame.has("nonow"):
        raise UnfitError("not now")
    inner = _embedded(
        maker,
        frame,
        main,
        tense,
        moment,
        timed=False,
        negated=german_word == "warum" and bool(scene.link("con")) and maker.chance(0.3),
    )
    if german_word == "wann" and inner.has_new_object:
        raise UnfitError("which one?")
    english = english_order.statement(_shown(inner) if german_word == "wann" else inner, opening=english_word)
    if asked:
        return _asked(maker, main, inner, german_word, english)
    first, main_english, tag_list, signature = maker.state(main)
    second, second_signature = german_order.subordinate(inner, german_word)
    return maker.finish(
        f"{first}, {second}",
        f"{main_english} {english}",
        [*tag_list, *tags.of_clause(inner), "sub"],
        f"{signature}, {second_signature}",
    )


def with_zu(maker: Maker, scene: Scene) -> Sentence:
    """Ich habe vergessen, die Tür abzuschließen. Es macht Spaß, im See zu schwimmen."""
    frame = scene.frame
    name = frame.subject.choices[0].names[0] if frame.subject else ""
    if frame.aspect != "act" or name not in PERSON_KINDS:
        raise UnfitError("nothing to do")
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
    tense: Tense = "present"
    moment: Moment = "none"
    if matrix.aspect == "event":
        tense, moment = ("perfect", "past") if maker.chance(0.7) else ("past", "past")
    elif maker.chance(0.3):
        tense, moment = "past", "past"
    main = _matrix_clause(maker, matrix, tense=tense, moment=moment)
    controller = _controller(main, matrix)
    inner = maker.clause(
        frame,
        controller,
        others=[main.subject, *(part.phrase for part in main.filled.german if part.phrase)],
        group_chance={"rule": 1.0, "skill": 0.1}.get(kind, 0.4),
    )
    if matrix.subject is None and any(part.phrase and part.phrase.owned for part in inner.filled.german):
        raise UnfitError("whose?")
    german, signature = german_order.infinitive_clause(inner)
    if MEASURED.search(german) or (frame.has("nonow") and kind == "chore" and matrix.subject is None):
        raise UnfitError("not in bottles, or not now")
    objects = [part.phrase for part in inner.filled.german if part.phrase]
    if kind == "promise" and any(each.form in ("name", "pronoun") or each.owned for each in objects):
        raise UnfitError("promised to one and done for another")
    if kind == "fun" and matrix.subject is None and not inner.has_new_object:
        definite = any(part.is_bare and part.phrase for part in inner.filled.german)
        if definite and frame.verb not in ("füttern", "fotografieren", "spielen"):
            raise UnfitError("which one?")
    first, main_english, tag_list, main_signature = _split_state(maker, main)
    english = _complement(inner, _connective(matrix))
    return maker.finish(
        f"{first}, {german}",
        f"{main_english} {english}",
        [*tag_list, *tags.of_clause(inner), "inf"],
        f"{main_signature}, {signature}",
    )


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
    """Build the clause above; a statement of fact or an event."""
    if matrix.aspect == "event" and tense == "present":
        tense, moment = "perfect", "past"
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
    maker: Maker,
    frame: Frame,
    main: Clause,
    tense: Tense,
    moment: Moment,
    *,
    negated: bool = False,
    groups: tuple[str, ...] = (),
    timed: bool = True,
) -> Clause:
    """Build the clause inside, about the same person or another one."""
    same = main.subject.person in ("er", "sie", "they") and main.filled.frame.verb in (
        "hoffen",
        "sagen",
    )
    name = frame.subject.choices[0].names[0] if frame.subject else ""
    if same and name in ("person", "adult") and maker.chance(0.4):
        subject = pronoun_for(main.subject)
    else:
        others = [main.subject, *(part.phrase for part in main.filled.german if part.phrase)]
        pronouns = ["er", "sie"] if main.subject.person in ("du", "ihr", "Sie") else ["ich", "wir"]
        if main.subject.person in ("ich", "wir"):
            pronouns = ["du"]
        subject = maker.subject(frame, pronouns=pronouns, others=others)
    names = set(str(subject.lemma).split()) & set(str(main.subject.lemma).split()) - {"und", "Frau", "Herr"}
    if subject.form == "name" and main.subject.form == "name" and names:
        raise UnfitError("the same name twice")
    if moment == "past" and frame.verb in ("sein", "haben"):
        tense = "past"
    if moment == "future" and not plannable(frame):
        moment = "none"
    if moment == "none" and frame.aspect == "act" and frame.has("nonow"):
        raise UnfitError("not now")
    clause = maker.clause(
        frame,
        subject,
        tense=tense,
        moment=moment,
        negated=negated,
        groups=groups,
        group_chance=0.35,
        others=[main.subject] if subject.person not in ("er", "sie") else (),
    )
    if any(_is_third(part.phrase) for part in clause.filled.german if part.case == "acc"):
        raise UnfitError("which of them?")
    if timed and frame.aspect in ("act", "sched") and moment in ("future", "past"):
        clause = maker.timed(clause, moment, 0.6)
    return clause


def _is_third(phrase: NounPhrase | None) -> bool:
    """Tell whether a pronoun may mean the subject above: ihn, sie."""
    return phrase is not None and phrase.form == "pronoun" and phrase.person in ("er", "sie", "they")


def _past(frame: Frame) -> tuple[Tense, Moment]:
    if frame.has("nopast"):
        raise UnfitError("no past")
    return ("past" if frame.aspect == "state" or frame.has("noperf") else "perfect"), "past"


def _shown(inner: Clause) -> Clause:
    """Return the clause for its English form: what is thought or asked of the future takes will."""
    future = inner.tense == "present" and inner.moment == "future" and inner.filled.frame.aspect == "act"
    return replace(inner, tense="future") if future else inner


def _asked(maker: Maker, main: Clause, inner: Clause, word: str, english: str) -> Sentence:
    first, signature = german_order.yes_no_question(main)
    second, second_signature = german_order.subordinate(inner, word)
    whole = f"{english_order.yes_no_question(main)} {english}"
    tag_list = [*tags.of_clause(main), *tags.of_clause(inner), "sub", "q"]
    return maker.finish(f"{first}, {second}", whole, tag_list, f"{signature}, {second_signature}?", "?")


def _split_state(maker: Maker, main: Clause) -> tuple[str, str, list[str], str]:
    """Return the clause above with its connective taken off the English side."""
    german, english, tag_list, signature = maker.state(main)
    connective = _connective(main.filled.frame)
    return german, english.removesuffix(f" {connective}") if connective else english, tag_list, signature


def _connective(matrix: Frame) -> str:
    """Return the last English word of a matrix frame if it says how to go on."""
    last = matrix.english[-1]
    word = last.words.split(" ")[-1] if isinstance(last, Text) else ""
    return word if word in CONNECTIVES else ""


def _complement(inner: Clause, connective: str) -> str:
    """Return the English infinitive or -ing form behind the matrix."""
    if connective == "-ing":
        return gerund(inner)
    return infinitive(inner, connective)


def _controller(main: Clause, matrix: Frame) -> NounPhrase:
    """Return who does what the infinitive says: the subject, or the person who is asked to."""
    phrase = main.filled.phrase(1)
    if (matrix.has("control") or matrix.subject is None) and phrase is not None:
        if not phrase.can_own:
            raise UnfitError("nobody in particular")
        return pronoun_for(phrase)
    return pronoun("man") if matrix.subject is None else main.subject
