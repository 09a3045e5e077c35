"""Commands: imperatives for du, ihr and Sie, with bitte, names, reasons and conditions."""

from dataclasses import replace

from . import english_order, german_order, people, tags
from .clauses import Clause
from .frames import Scene
from .maker import Maker, Sentence
from .nounphrase import UnfitError
from .patterns_linked import is_condition
from .words import Adverbial


def command(maker: Maker, scene: Scene) -> Sentence:
    """Mach bitte das Fenster zu! Helft eurer Mutter! Warten Sie hier!"""
    clause, names = _commanded(maker, scene)
    opening, english_opening = "", ""
    if maker.chance(0.5):
        if maker.chance(0.4):
            opening = "bitte"
        else:
            clause = replace(clause, frequency=Adverbial("bitte"))
        english_opening = "please"
    if maker.chance(0.4) and clause.filled.frame.has("plan"):
        clause = maker.timed(clause, "future")
        if not clause.times[0].german.startswith(("heute", "morgen", "später", "sofort")):
            raise UnfitError("no appointment")
    german, signature = german_order.command(clause, opening)
    english = english_order.command(clause, english_opening)
    tag_list = [*tags.of_clause(clause), "imp"]
    if names:
        german, english = f"{names[0]}, {german}", f"{names[1]}, {english}"
        tag_list.append("name")
        signature = f"name {signature}"
    return maker.finish(german, english, tag_list, signature + "!", "!")


def dont_forget(maker: Maker, scene: Scene) -> Sentence:
    """Vergiss nicht, die Tür abzuschließen!"""
    frame = scene.frame
    if not frame.has("chore") or frame.aspect != "act" or frame.has("noimp"):
        raise UnfitError("nothing to forget")
    if not any(frame.has(option) for option in ("done", "plan", "passive")):
        raise UnfitError("nobody forgets it")
    key = maker.rng.choice(("du", "du", "ihr", "Sie"))
    clause = maker.clause(frame, maker.subject_as(frame, key), group_chance=0.4)
    german, signature = german_order.infinitive_clause(clause)
    start = {"du": "vergiss nicht", "ihr": "vergesst nicht", "Sie": "vergessen Sie nicht"}[key]
    please = maker.chance(0.4)
    if please:
        start = start.replace(" nicht", " bitte nicht")
    english = english_order.infinitive(clause, f"{'please ' if please else ''}don't forget to")
    address = "sie" if key == "Sie" else "du"
    return maker.finish(
        f"{start}, {german}",
        english,
        [*tags.of_clause(clause), "imp", "neg", "inf", address],
        f"forget {signature}",
        "!",
    )


def with_reason(maker: Maker, scene: Scene) -> Sentence:
    """Nimm den Schirm mit, es regnet! Mach das Fenster zu, es ist kalt!"""
    clause, _ = _commanded(maker, scene, negative_too=False)
    frames = [frame for frame in scene.link("pro") if frame.aspect != "event" and frame.verb != "wollen"]
    if not frames:
        raise UnfitError("no reason")
    reason = maker.link(maker.rng.choice(frames), clause)
    german, signature = german_order.command(clause, "bitte" if maker.chance(0.3) else "")
    english = english_order.command(clause, "please" if german.startswith("bitte") else "")
    second, second_signature = german_order.main_clause(reason)
    tag_list = [*tags.of_clause(clause), *tags.of_clause(reason), "imp"]
    second_english = english_order.statement(reason)
    return maker.finish(
        f"{german}, {second}",
        f"{english}; {second_english}",
        tag_list,
        f"{signature}! {second_signature}",
        "!",
    )


def in_case(maker: Maker, scene: Scene) -> Sentence:
    """Wenn du Hunger hast, nimm dir einen Apfel!"""
    clause, _ = _commanded(maker, scene, negative_too=False)
    frames = [frame for frame in scene.link("pro") if is_condition(frame) and frame.verb != "wollen"]
    if not frames:
        raise UnfitError("no condition")
    condition = maker.link(maker.rng.choice(frames), clause)
    first, first_signature = german_order.subordinate(condition, "wenn")
    ready = any(text in first for text in ("fertig", "reif"))
    condition_english = english_order.statement(condition, opening="when" if ready else "if")
    please = maker.chance(0.3)
    if please:
        clause = replace(clause, frequency=Adverbial("bitte"))
    german, signature = german_order.command(clause)
    english = english_order.command(clause, "please" if please else "")
    tag_list = [*tags.of_clause(clause), *tags.of_clause(condition), "imp", "sub"]
    if maker.chance(0.6) and not maker.refers_back(condition):
        whole, whole_english = f"{first}, {german}", f"{condition_english}, {english}"
    else:
        whole, whole_english = f"{german}, {first}", f"{english} {condition_english}"
    return maker.finish(whole, whole_english, tag_list, f"{first_signature}, {signature}!", "!")


def _commanded(
    maker: Maker, scene: Scene, *, negative_too: bool = True
) -> tuple[Clause, tuple[str, str] | None]:
    """Build the clause of a command and perhaps a name to address it to."""
    frame = scene.frame
    if frame.aspect != "act" or frame.has("noimp") or not (frame.has("request") or frame.has("chore")):
        raise UnfitError("no command")
    key = maker.rng.choice(("du", "du", "du", "ihr", "ihr", "Sie", "Sie"))
    subject = maker.subject_as(frame, key)
    negated = negative_too and maker.chance(0.12) and frame.has("ban")
    clause = maker.clause(frame, subject, negated=negated, group_chance=0.4)
    if any(part.is_bare and part.phrase and not part.phrase.is_definite for part in clause.filled.german):
        raise UnfitError("which one?")
    names = None
    if maker.chance(0.2):
        person = people.titled(maker.rng) if key == "Sie" else people.name(maker.rng)
        if key != "ihr":
            names = (person.case("nom"), person.english)
    return clause, names
