"""Clauses of time: bevor, nachdem, sobald, als, wenn, während, bis, seit."""

from dataclasses import replace

from . import english_order, german_order, tags, times
from .clauses import Clause, Moment, Tense
from .frames import Scene
from .maker import Maker, Sentence, plannable
from .notation import Frame
from .nounphrase import UnfitError
from .subordination import joined

INDOORS = ("home", "kitchen", "house", "calm", "early")
OUTDOORS = ("garden", "outside", "trip", "summer")


def meanwhile(maker: Maker, scene: Scene) -> Sentence:
    """Während die Kinder schliefen, habe ich gekocht. Während er kocht, liest sie."""
    anchor = _anchor(maker, scene, "while")
    if scene.frame.aspect != "act" or not (scene.frame.has("hours") or scene.frame.has("chore")):
        raise UnfitError("nothing goes on")
    main, narrated = _main(maker, scene)
    if main.modal == "wollen":
        raise UnfitError("two things at once")
    if not narrated:
        main = replace(main, times=(), moment="none")
    return _joined(maker, main, anchor, "während", "while", "past" if narrated else "present", moment="while")


def interrupted(maker: Maker, scene: Scene) -> Sentence:
    """Ich kochte gerade, als das Telefon klingelte. Als er nach Hause kam, schliefen wir gerade."""
    frame = scene.frame
    if (
        frame.aspect != "act"
        or frame.has("nonow")
        or frame.has("small")
        or frame.has("nopast")
        or frame.has("noperf")
        or frame.has("long")
        or frame.has("night")
        or not (frame.has("hours") or frame.has("chore") or frame.has("often"))
    ):
        raise UnfitError("not interrupted")
    if any(frame.has(scene_) for scene_ in INDOORS):
        names = ["telephone", "bell", "neighbor_comes", "power_fails", "guests_come"]
    elif any(frame.has(scene_) for scene_ in OUTDOORS):
        names = ["rain_start", "storm_come", "cell_rings"]
    else:
        names = ["cell_rings"]
    name = maker.rng.choice(names)
    anchor = maker.book.named[name]
    subject = maker.subject(frame)
    if name == "cell_rings" and subject.agreement in ("wir", "ihr", "sie"):
        raise UnfitError("a cell phone each")
    if subject.noun is not None and not subject.noun.is_person:
        raise UnfitError("not interrupted")
    main = maker.clause(frame, subject, tense="past", moment="now", group_chance=0.4)
    main = replace(main, times=(times.named("gerade")._replace(english=""),))
    linked = maker.link(anchor, main, tense="past", moment="past")
    tag_list = [*tags.of_clause(main), *tags.of_clause(linked), "sub"]
    if maker.chance(0.6):
        front = maker.rng.choice([front for front in maker.fronts(main) if front != "time"])
        german, signature = german_order.main_clause(main, front)
        sub, sub_signature = german_order.subordinate(linked, "als")
        whole = f"{english_order.statement(main)} when {english_order.statement(linked)}"
        extra = ["inv"] if front != "subject" else []
        return maker.finish(f"{german}, {sub}", whole, [*tag_list, *extra], f"{signature}, {sub_signature}")
    sub, sub_signature = german_order.subordinate(linked, "als")
    german, signature = german_order.inverted(main)
    whole = f"when {english_order.statement(linked)}, {english_order.statement(main)}"
    return maker.finish(f"{sub}, {german}", whole, [*tag_list, "inv"], f"{sub_signature}, {signature}")


def _anchor(maker: Maker, scene: Scene, relation: str) -> Frame:
    anchors = scene.link(relation)
    if not anchors or scene.frame.aspect in ("state", "event"):
        raise UnfitError("no event to hang on")
    anchor = maker.rng.choice(anchors)
    if scene.frame.verb in ("essen", "trinken") and anchor.verb in ("essen", "frühstücken"):
        raise UnfitError("a meal after a meal")
    return anchor


def _main(maker: Maker, scene: Scene, *, narrated: bool | None = None) -> tuple[Clause, bool]:
    """Return a main clause, and whether it tells of the past."""
    frame = scene.frame
    subject = maker.subject(frame)
    if not subject.can_own:
        raise UnfitError("nobody to go on about")
    if narrated is None:
        narrated = maker.chance(0.55)
    if narrated:
        if frame.has("nopast"):
            raise UnfitError("no past")
        perfect = maker.chance(0.4) and frame.verb not in ("sein", "haben") and not frame.has("noperf")
        clause = maker.clause(
            frame, subject, tense="perfect" if perfect else "past", moment="past", group_chance=0.35
        )
        return clause, True
    if not plannable(frame):
        raise UnfitError("no plan")
    modal = (
        maker.chance(0.3)
        and not frame.has("nomodal")
        and (frame.has("chore") or frame.has("fun") or frame.has("plan"))
    )
    if modal:
        verb = "müssen" if frame.has("chore") else "wollen"
        return maker.clause(frame, subject, modal=verb, group_chance=0.35), False  # type: ignore[arg-type]
    return maker.clause(frame, subject, moment="future", group_chance=0.35), False


def _joined(
    maker: Maker,
    main: Clause,
    anchor: Frame,
    word: str,
    english_word: str,
    tense: Tense,
    *,
    moment: Moment = "past",
    will: bool = False,
) -> Sentence:
    """Join a clause of time, first or last."""
    first = maker.chance(0.6)
    linked_moment: Moment = moment
    if tense == "present":
        linked_moment = "habit" if moment != "while" else "while"
    linked = maker.link(anchor, main, tense=tense, moment=linked_moment, full=first)
    if word == "während" and (
        linked.subject.lemma == main.subject.lemma
        or (linked.subject.form == "pronoun" and linked.subject.lemma != "es")
        or anchor.verb == main.filled.frame.verb
    ):
        raise UnfitError("nobody does two things")
    future = main.tense == "present" and main.moment == "future"
    will = future and (will or word == "bevor")
    return joined(maker, main, linked, (word, english_word), first=first, will=will)
