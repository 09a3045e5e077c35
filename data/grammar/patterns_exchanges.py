"""Short exchanges: a question and its reply, a remark and advice."""

from dataclasses import replace

from . import english_order, german_order, people, tags
from .clauses import Tense
from .frames import Scene
from .maker import Maker, Sentence, plannable
from .nounphrase import UnfitError, pronoun
from .patterns_linked import linked_to
from .patterns_questions import WHO
from .text import sentence

TURNED = {"du": "ich", "ihr": "wir", "Sie": "ich"}


def refused(maker: Maker, scene: Scene) -> Sentence:
    """ "Kommst du mit?" "Nein, ich habe leider keine Zeit." """
    frame = scene.frame
    links = scene.link("con")
    if not links or not plannable(frame) or frame.has("small") or not (frame.has("us") or frame.has("plan")):
        raise UnfitError("nothing to refuse")
    key = maker.rng.choice(("du", "du", "ihr", "Sie"))
    subject = maker.subject_as(frame, key)
    modal = maker.chance(0.4) and not frame.has("nomodal") and frame.has("fun")
    if modal:
        asked = maker.clause(
            frame, subject, modal="wollen" if maker.chance(0.5) else "mögen", tense="present"
        )
        if asked.modal == "mögen":
            asked = replace(asked, tense="konjunktiv")
    else:
        asked = maker.clause(frame, subject, moment="future")
    asked = maker.timed(asked, "future", 0.6 if modal else 1.0)
    speaker = replace(asked, subject=pronoun(TURNED[key]))
    linked = linked_to(maker, replace(speaker, tense="present"), maker.rng.choice(links))
    answer, answer_english, more, signature = maker.state(linked)
    german, question_signature = german_order.yes_no_question(asked)
    english = english_order.yes_no_question(asked)
    regret = linked.subject.person == "ich" and maker.chance(0.5)
    reply = f"nein, {answer}" if not regret else f"leider nicht, {answer}"
    reply_english = f"no, {answer_english}" if not regret else f"unfortunately not, {answer_english}"
    return _quoted(
        (german, english, "?"),
        (reply, reply_english, "."),
        [*tags.of_clause(asked), *more, "q", "neg" if regret else "q"],
        f"{question_signature}? nein {signature}",
    )


def explained(maker: Maker, scene: Scene) -> Sentence:
    """ "Warum gehst du nicht ins Bett?" "Weil ich nicht müde bin." """
    frame = scene.frame
    negated = maker.chance(0.5) and not frame.has("noneg") and frame.aspect != "event"
    links = [link for link in scene.link("con" if negated else "pro") if link.aspect != "event"]
    if not links or frame.aspect == "event":
        raise UnfitError("no reason")
    link = maker.rng.choice(links)
    key = maker.rng.choice(("du", "du", "ihr", "Sie", "er", "sie", "name"))
    subject = maker.subject_as(frame, "er" if key == "name" else key)
    if key == "name":
        subject = people.name(maker.rng)
    in_past = maker.chance(0.5) and not frame.has("nopast")
    if in_past:
        tense: Tense = "past" if frame.aspect == "state" or frame.verb in ("sein", "haben") else "perfect"
        asked = maker.clause(frame, subject, tense=tense, moment="past", negated=negated, group_chance=0.3)
    else:
        if frame.has("nonow") and frame.aspect == "act":
            raise UnfitError("not now")
        asked = maker.clause(frame, subject, negated=negated, group_chance=0.3)
    speaker = replace(asked, subject=pronoun(TURNED[key]) if key in TURNED else asked.subject)
    linked = linked_to(maker, replace(speaker, tense="past" if in_past else "present"), link)
    german, signature = german_order.question(asked, "warum")
    english = english_order.question(asked, "why")
    answer, answer_signature = german_order.subordinate(linked, "weil")
    answer_english = english_order.statement(linked, opening="because")
    return _quoted(
        (german, english, "?"),
        (answer, answer_english, "."),
        [*tags.of_clause(asked), *tags.of_clause(linked), "q", "sub"],
        f"{signature}? {answer_signature}",
    )


def advised(maker: Maker, scene: Scene) -> Sentence:
    """ "Mir ist kalt." "Dann mach das Fenster zu!" """
    frame = scene.frame
    links = [link for link in scene.link("pro") if link.aspect == "state" and not link.has("nopast")]
    if (
        not links
        or frame.aspect != "act"
        or frame.has("noimp")
        or not (frame.has("request") or frame.has("fun"))
        or frame.verb in ("liegen", "sitzen")
    ):
        raise UnfitError("no advice")
    main = maker.clause(frame, maker.subject_as(frame, "du"), group_chance=0.4)
    linked = linked_to(maker, replace(main, subject=pronoun("ich")), maker.rng.choice(links))
    if maker.refers_back(linked):
        raise UnfitError("a pronoun before its noun")
    first, english, more, signature = maker.state(linked)
    german, command_signature = german_order.command(main, "dann")
    if len(german.split(" ")) < 3:
        raise UnfitError("too short for advice")
    return _quoted(
        (first, english, "."),
        (german, english_order.command(main, "then"), "!"),
        [*more, *tags.of_clause(main), "imp", "du"],
        f"{signature}. dann {command_signature}",
    )


def who_did(maker: Maker, scene: Scene) -> Sentence:
    """ "Wer hat den Kuchen gegessen?" "Ich nicht, ich war in der Schule." """
    frame = scene.frame
    name = frame.subject.choices[0].names[0] if frame.subject else ""
    if (
        name not in ("person", "adult", "child")
        or frame.aspect == "state"
        or frame.has("nopast")
        or not any(frame.has(option) for option in ("done", "bad", "good", "chore", "nohabit"))
    ):
        raise UnfitError("nobody did it")
    asked = maker.clause(frame, WHO, tense="perfect", moment="past", group_chance=0.4)
    asked = maker.timed(asked, "past", 0.4)
    german, signature = german_order.question(asked, "wer", with_subject=False)
    english = english_order.question(asked, "who", of_subject=True)
    answers = (
        ("ich glaube, das war {}", "I think it was {}"),
        ("das war bestimmt {}", "I'm sure it was {}"),
        ("natürlich {}", "of course {}"),
        ("{} natürlich", "{}, of course"),
        ("ich weiß es nicht, vielleicht {}", "I don't know, maybe {}"),
    )
    person = people.draw(maker.rng, name, owner=pronoun("ich"), others=(), role="object", pronouns=("er",))
    if person.form == "pronoun":
        raise UnfitError("a person, please")
    answer, answer_english = maker.rng.choice(answers)
    if person.person == "they" and "war" in answer:
        answer = answer.replace("war", "waren")
    return _quoted(
        (german, english, "?"),
        (answer.format(person.case("nom")), answer_english.format(person.subject), "."),
        [*tags.of_clause(asked), *person.tags, "q"],
        f"{signature}? {answer.split(' ')[0]}",
    )


def _quoted(
    first: tuple[str, str, str], second: tuple[str, str, str], tag_list: list[str], signature: str
) -> Sentence:
    """Put two turns in quotation marks."""
    german = f'"{sentence([first[0]], first[2])}" "{sentence([second[0]], second[2])}"'
    english = f'"{sentence([first[1]], first[2])}" "{sentence([second[1]], second[2])}"'
    return Sentence(german, english, tags.finish(tag_list), signature)
