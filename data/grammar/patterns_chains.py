"""Long sentences from the links of one frame: reasons, obstacles, invitations, reports."""

from dataclasses import replace

from . import german_order, tags
from .clauses import Clause, Modal, Tense
from .english_order import statement
from .frames import Scene
from .maker import Maker, Sentence, plannable
from .notation import Frame
from .nounphrase import NounPhrase, UnfitError, pronoun, pronoun_for
from .patterns_linked import aim_of, linked_to

TELLING = (
    ("sagt", "says"),
    ("hat mir erzählt", "told me"),
    ("hat geschrieben", "wrote"),
    ("hat am Telefon gesagt", "said on the phone"),
)


def timed_reason(maker: Maker, scene: Scene) -> Sentence:
    """Nachdem ich nach Hause gekommen war, kochte ich eine Suppe, weil ich Hunger hatte."""
    anchors = scene.link("after")
    if not anchors or scene.frame.aspect != "act" or scene.frame.has("nopast"):
        raise UnfitError("no event to hang on")
    anchor = maker.rng.choice(anchors)
    if scene.frame.verb in ("essen", "trinken") and anchor.verb in ("essen", "frühstücken"):
        raise UnfitError("a meal after a meal")
    tense: Tense = maker.rng.choice(("perfect", "past"))
    subject = _somebody(maker, scene.frame)
    main = maker.clause(scene.frame, subject, tense=tense, moment="past", group_chance=0.4)
    lasting = anchor.aspect == "state"
    word, english_word = ("als", "when") if lasting else ("nachdem", "after")
    linked = maker.link(anchor, main, tense="past" if lasting else "pluperfect", moment="past", full=True)
    if linked.subject.lemma == main.subject.lemma and main.subject.form != "pronoun":
        main = replace(main, subject=pronoun_for(main.subject))
    ending, english_ending, more, ending_signature = _ending(maker, scene, main)
    sub, sub_signature = german_order.subordinate(linked, word)
    german, signature = german_order.inverted(main)
    return maker.finish(
        f"{sub}, {german}, {ending}",
        f"{statement(linked, opening=english_word)}, {statement(main)} {english_ending}",
        [*tags.of_clause(linked), *tags.of_clause(main), *more, "sub", "inv"],
        f"{sub_signature}, {signature}, {ending_signature}",
    )


def wanted(maker: Maker, scene: Scene) -> Sentence:
    """Eigentlich wollte ich gestern ins Kino gehen, aber ich hatte keine Zeit."""
    links = _obstacles(scene)
    subject = _somebody(maker, scene.frame)
    main = maker.clause(scene.frame, subject, tense="past", modal="wollen", group_chance=0.6)
    main = maker.timed(main, "past", 0.8)
    linked = linked_to(maker, main, maker.rng.choice(links))
    german, signature = german_order.inverted(main)
    second, second_signature = german_order.main_clause(linked)
    return maker.finish(
        f"eigentlich {german}, aber {second}",
        f"actually, {statement(main)}, but {statement(linked)}",
        [*tags.of_clause(main), *tags.of_clause(linked), "inv"],
        f"eigentlich {signature}, aber {second_signature}",
    )


def invited(maker: Maker, scene: Scene) -> Sentence:
    """Ich habe meinen Bruder gefragt, ob er ins Kino gehen will, aber er hat gesagt, dass er krank ist."""
    links = _obstacles(scene)
    asking = maker.chance(0.5)
    asked: NounPhrase | None = None
    frame = maker.book.matrices["fragen"][0]
    if asking:
        asker = pronoun(maker.rng.choice(("ich", "ich", "wir")))
        main = maker.clause(frame, asker, tense="perfect", moment="past")
        asked = main.filled.phrase(1)
        if asked is None or asked.form == "pronoun" or not asked.can_own or asked.english_is_plural:
            raise UnfitError("somebody in particular")
        person = pronoun_for(asked)
    else:
        asker = _somebody(maker, frame)
        person = pronoun(maker.rng.choice(("ich", "ich", "wir")))
        if asker.form == "pronoun":
            raise UnfitError("somebody in particular")
        main = maker.clause(frame, asker, tense="perfect", moment="past", given={1: person})
    if scene.frame.subject is None or scene.frame.subject.choices[0].names[0] not in ("person", "adult"):
        raise UnfitError("not for everybody")
    _check_age(scene.frame, asked if asking and asked else asker)
    inner = maker.clause(scene.frame, person, modal="wollen", others=[asker, person], group_chance=0.6)
    inner = maker.timed(inner, "future", 0.85)
    linked = linked_to(maker, replace(inner, tense="present"), maker.rng.choice(links))
    german, english, tag_list, signature = maker.state(main)
    second, second_signature = german_order.subordinate(inner, "ob")
    if asking:
        third, third_signature = german_order.subordinate(linked, "dass")
        third = f"{person.case('nom')} hat gesagt, {third}"
        third_english = f"{person.subject} said {statement(linked, opening='that')}"
    else:
        third, third_signature = german_order.main_clause(linked)
        third_english = statement(linked)
    return maker.finish(
        f"{german}, {second}, aber {third}",
        f"{english} {statement(inner, opening='whether')}, but {third_english}",
        [*tag_list, *tags.of_clause(inner), *tags.of_clause(linked), "sub"],
        f"{signature}, {second_signature}, {third_signature}",
    )


def told_reason(maker: Maker, scene: Scene) -> Sentence:
    """Anna sagt, dass sie heute nicht kommen kann, weil sie krank ist."""
    frame = scene.frame
    obstacles = [link for link in scene.link("con") if link.aspect != "act" or link.subject is None]
    reasons = [link for link in scene.link("pro") if not link.has("nopast")]
    if not _is_news(frame):
        raise UnfitError("not worth telling")
    negated = bool(obstacles) and (not reasons or maker.chance(0.6))
    link = maker.rng.choice((obstacles if negated else reasons) or [frame])
    teller = _somebody(maker, maker.book.matrices["sagen"][0])
    if link is frame or frame.has("nomodal") or teller.form == "pronoun" or teller.english_is_plural:
        raise UnfitError("who says so, and why?")
    _check_age(frame, teller)
    modal: Modal = "müssen" if frame.has("chore") else "wollen"
    if negated:
        modal = "wollen" if "Lust" in str(link.german) else "können"
    inner = maker.clause(
        frame, pronoun_for(teller), modal=modal, negated=negated, group_chance=0.0 if negated else 0.4
    )
    if not negated or frame.has("us") or frame.has("clock"):
        inner = maker.timed(inner, "future", 0.7)
    linked = linked_to(maker, inner, link)
    say, english_say = maker.rng.choice(TELLING)
    second, second_signature = german_order.subordinate(inner, "dass")
    third, third_signature = german_order.subordinate(linked, "weil")
    english = f"{statement(inner, opening='that')} {statement(linked, opening='because')}"
    tag_list = [*teller.tags, *tags.of_clause(inner), *tags.of_clause(linked), "sub"]
    if " " in say:
        tag_list.append("perf")
    return maker.finish(
        f"{teller.case('nom')} {say}, {second}, {third}",
        f"{teller.subject} {english_say} {english}",
        tag_list,
        f"{say}, {second_signature}, {third_signature}",
    )


def _somebody(maker: Maker, frame: Frame) -> NounPhrase:
    """Draw a subject that pronouns can refer to."""
    subject = maker.subject(frame)
    if not subject.can_own:
        raise UnfitError("nobody to go on about")
    return subject


def _is_news(frame: Frame) -> bool:
    """Tell whether a plan is worth telling, and a reason for it."""
    name = frame.subject.choices[0].names[0] if frame.subject else ""
    told = any(frame.has(option) for option in ("plan", "clock", "us", "promise", "house"))
    left_out = frame.has("small") or frame.has("noneg")
    return plannable(frame) and told and not left_out and name in ("person", "adult")


def _obstacles(scene: Scene) -> list[Frame]:
    """Return what may keep somebody from doing what the frame says."""
    links = [link for link in scene.link("con") if link.aspect == "state" or link.subject is None]
    frame = scene.frame
    open_ = frame.has("us") and plannable(frame) and not frame.has("small")
    if not links or not open_ or frame.has("nomodal"):
        raise UnfitError("nothing to refuse")
    return links


def _check_age(frame: Frame, person: NounPhrase) -> None:
    """Refuse children where the frame is about adults."""
    young = person.noun is not None and not {"kin-child", "child"}.isdisjoint(person.noun.classes)
    if young and (frame.subject is None or frame.subject.choices[0].names[0] == "adult"):
        raise UnfitError("too young for it")


def _ending(maker: Maker, scene: Scene, main: Clause) -> tuple[str, str, list[str], str]:
    """Return a reason or a purpose to put behind a main clause: German, English, tags, signature."""
    aims = scene.link("to")
    links = [link for link in scene.link("pro") if not link.has("nopast")]
    if aims and (not links or maker.chance(0.4)):
        return aim_of(maker, main, maker.rng.choice(aims))
    if not links:
        raise UnfitError("no reason")
    linked = linked_to(maker, main, maker.rng.choice(links))
    english = statement(linked, opening="because")
    if maker.chance(0.25):
        german, signature = german_order.main_clause(linked)
        return f"denn {german}", english, tags.of_clause(linked), f"denn {signature}"
    german, signature = german_order.subordinate(linked, "weil")
    return german, english, [*tags.of_clause(linked), "sub"], signature
