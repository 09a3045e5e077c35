"""Facts: what is where, ages, birthdays, appointments, prices; and small talk, ready made."""

import re

from . import english, people, tags, times
from .amounts import numeral
from .conjugation import past, present
from .english_verbs import BE
from .frames import Scene
from .german_verbs import SEIN
from .maker import Maker, Sentence
from .nounphrase import NounPhrase, UnfitError, build, pronoun
from .words import lexicon

PRICED = "clothing toy lamp bag cake umbrella instrument bike".split()
EVENTS = (
    "Prüfung Konzert Hochzeit Besprechung Test Party Feier Termin Spiel Treffen Umzug Fest Ausflug"
).split()
AMOUNTS = (
    ("zwei Euro", "two euros"),
    ("3 Euro", "3 euros"),
    ("fünf Euro", "five euros"),
    ("12 Euro", "12 euros"),
    ("zwanzig Euro", "twenty euros"),
    ("2,50 Euro", "2.50 euros"),
    ("hundert Euro", "a hundred euros"),
)
BIRTHDAYS = ("morgen", "am Samstag", "nächste Woche", "nächsten Monat", "heute", "am Sonntag")
CHEAP = ("12 Euro", "zwei Euro", "3 Euro", "fünf Euro", "2,50 Euro")
WEIGHED = ("fruit", "vegetable")
ODD_HOUR = re.compile(r"zehn nach|gegen|\.15|\.45")


def existence(maker: Maker, scene: Scene) -> Sentence:
    """Auf dem Tisch steht eine Vase. Im Garten standen drei Bäume. Hängt an der Wand ein Bild?"""
    verb_key, place, english_place, keys = maker.rng.choice(maker.book.existence)
    noun = lexicon().nouns[maker.rng.choice(keys)]
    kind = maker.rng.choice(("one", "one", "one", "many", "question", "some"))
    adjective = None if kind == "question" else people.with_adjective(maker.rng, noun, 0.3)
    if adjective is not None and adjective.key in ("billig", "teuer"):
        raise UnfitError("one cannot see it")
    if kind == "many":
        phrase = build(noun, "number", adjective, number=numeral(maker.rng))
    elif kind == "some":
        phrase = build(noun, maker.rng.choice(("some", "many")), adjective)
    else:
        phrase = build(noun, "a", adjective)
    if noun.number != "count" and kind in ("many", "some"):
        raise UnfitError("counted in pairs")
    verb = lexicon().verbs[verb_key]
    in_past = maker.chance(0.35)
    form = (past if in_past else present)(verb, phrase.agreement)
    be = BE["past" if in_past else "present"][
        "we" if phrase.english_is_plural and "pair of" not in phrase.english else "it"
    ]
    extra = [*tags.of_text(place), *phrase.tags, *(["past"] if in_past else [])]
    thing = phrase.case("nom")
    if kind == "question":
        return maker.finish(
            f"{form} {place} {thing}",
            f"{be} there {phrase.english} {english_place}",
            [*extra, "q"],
            "V P S?",
            "?",
        )
    there = "there's" if be == "is" else f"there {be}"
    return maker.finish(
        f"{place} {form} {thing}",
        f"{there} {phrase.english} {english_place}",
        [*extra, "inv"],
        f"P V S {kind}",
    )


def asked_place(maker: Maker, scene: Scene) -> Sentence:
    """Wo steht die Vase? Was liegt auf dem Tisch?"""
    verb_key, place, english_place, keys = maker.rng.choice(maker.book.existence)
    verb = lexicon().verbs[verb_key]
    if maker.chance(0.3):
        noun = lexicon().nouns[keys[0]]
        word, english_word = ("wer", "who's") if noun.is_person else ("was", "what's")
        german = f"{word} {present(verb, 'er')} {place}"
        return maker.finish(
            german, f"{english_word} {english_place}", [*tags.of_text(place), "q"], "was V P?", "?"
        )
    noun = lexicon().nouns[maker.rng.choice(keys)]
    if noun.is_person:
        raise UnfitError("people are drawn elsewhere")
    phrase = build(noun, "the", people.with_adjective(maker.rng, noun, 0.3))
    several = phrase.english_is_plural
    german = f"wo {present(verb, phrase.agreement)} {phrase.case('nom')}"
    text = f"where {'are' if several else 'is'} {phrase.english}".replace("where is", "where's")
    if maker.chance(0.4):
        answer, english_answer = (
            f'"{place[0].upper()}{place[1:]}."',
            f'"{english_place[0].upper()}{english_place[1:]}."',
        )
        quoted = maker.finish(german, text, [], "", "?")
        whole, whole_english = f'"{quoted.german}" {answer}', f'"{quoted.english}" {english_answer}'
        tag_list = tags.finish([*phrase.tags, *tags.of_text(place), "q"])
        return Sentence(whole, whole_english, tag_list, "wo V S? P")
    return maker.finish(german, text, [*phrase.tags, "q"], "wo V S?", "?")


def age(maker: Maker, scene: Scene) -> Sentence:
    """Mein Bruder ist zwölf Jahre alt. Oma wird nächste Woche achtzig."""
    kind = maker.rng.choice(("is", "turns", "asked"))
    person = _relative(maker, "question" if kind == "asked" else "statement")
    classes = person.noun.classes if person.noun is not None else ()
    if "kin-old" in classes:
        german, text = maker.rng.choice((("siebzig", "seventy"), ("75", "75"), ("achtzig", "eighty")))
    elif "kin-adult" in classes:
        german, text = maker.rng.choice((("vierzig", "forty"), ("50", "50"), ("sechzig", "sixty")))
    else:
        german, text = numeral(maker.rng, 4, 12)
    verb, be = present(SEIN, person.agreement), BE["present"][person.english_agreement]
    if kind == "turns":
        entry = times.named(maker.rng.choice(BIRTHDAYS))
        return maker.finish(
            f"{person.case('nom')} wird {entry.german} {german}",
            f"{person.subject} is turning {text} {entry.english}",
            [*person.tags, *entry.tags, "num"],
            "S wird T num",
        )
    if kind == "asked":
        return maker.finish(
            f"wie alt {verb} {person.case('nom')}",
            f"how old {be} {person.subject}",
            [*person.tags, "q"],
            "wie alt V S?",
            "?",
        )
    return maker.finish(
        f"{person.case('nom')} {verb} {german} Jahre alt",
        f"{person.subject} {be} {text} years old",
        [*person.tags, "num"],
        "S V num alt",
    )


def birthday(maker: Maker, scene: Scene) -> Sentence:
    """Anna hat am dritten Mai Geburtstag. Wann hat deine Mutter Geburtstag?"""
    asked = maker.chance(0.2)
    person = _relative(maker, "question" if asked else "statement")
    day = times.date(maker.rng)
    whose = person.english + ("'" if person.english_is_plural else "'s")
    if asked:
        return maker.finish(
            f"wann hat {person.case('nom')} Geburtstag",
            f"when is {whose} birthday",
            [*person.tags, "q", "comp"],
            "wann V S?",
            "?",
        )
    return maker.finish(
        f"{person.case('nom')} hat {day.german} Geburtstag",
        f"{whose} birthday is {day.english}",
        [*person.tags, *day.tags, "comp"],
        "S hat T Geburtstag",
    )


def appointment(maker: Maker, scene: Scene) -> Sentence:
    """Die Prüfung ist am 12. Juni um neun Uhr. Das Konzert ist um halb acht. Wann ist die Party?"""
    key = maker.rng.choice(EVENTS)
    determiner = "the" if key in ("Fest", "Treffen", "Konzert") else maker.rng.choice(("the", "the", "my"))
    event = build(lexicon().nouns[key], determiner, owner=pronoun("wir"))
    day = times.date(maker.rng)
    low = 17 if key in ("Konzert", "Party", "Feier", "Fest") else 9
    hour = times.clock_at(maker.rng, maker.rng.randint(low, low + 3))
    if ODD_HOUR.search(hour.german):
        raise UnfitError("no such appointment")
    kind = maker.rng.choice(("date", "hour", "both", "asked"))
    thing, english_thing = event.case("nom"), event.english
    if kind == "asked":
        tag_list = [*event.tags, "q"]
        return maker.finish(f"wann ist {thing}", f"when is {english_thing}", tag_list, "wann V S?", "?")
    shown = {"date": [day], "hour": [hour], "both": [day, hour]}[kind]
    return maker.finish(
        f"{thing} ist {' '.join(time.german for time in shown)}",
        f"{english_thing} is {' '.join(time.english for time in shown)}",
        [*event.tags, *(tag for time in shown for tag in time.tags)],
        {"date": "S ist T", "hour": "S ist Uhr", "both": "S ist T Uhr"}[kind],
    )


def price(maker: Maker, scene: Scene) -> Sentence:
    """Die Lampe kostet zwanzig Euro. Wie viel kostet das Kleid? Ein Kilo Tomaten kostet 3 Euro."""
    amount, english_amount = maker.rng.choice(AMOUNTS)
    if maker.chance(0.3):
        noun = maker.rng.choice(lexicon().nouns_of[maker.rng.choice(WEIGHED)])
        if noun.is_mass or amount.startswith(("hundert", "zwanzig", "12")):
            raise UnfitError("too dear")
        text = f"a kilo of {noun.english_plural} costs {english_amount}"
        return maker.finish(
            f"ein Kilo {noun.plural[0]} kostet {amount}", text, [*noun.tags, "num"], "ein Kilo N V num"
        )
    noun = maker.rng.choice(lexicon().nouns_of[maker.rng.choice(PRICED)])
    dear = {"instrument", "bike", "clothing", "lamp", "bag", "umbrella"} & set(noun.classes)
    if (
        noun.gender == "p"
        or (dear and amount in CHEAP)
        or (not dear and amount.startswith("hundert"))
        or ("bike" in noun.classes and amount[0] != "h")
    ):
        raise UnfitError("not at that price")
    adjective = people.with_adjective(maker.rng, noun, 0.3)
    if adjective is not None and adjective.key in ("billig", "teuer"):
        raise UnfitError("the price twice")
    phrase = build(noun, maker.rng.choice(("the", "this")), adjective)
    if maker.chance(0.3):
        asked = f"how much {BE['present'][phrase.english_agreement]} {phrase.english}"
        tag_list = [*phrase.tags, "q"]
        return maker.finish(f"wie viel kostet {phrase.case('nom')}", asked, tag_list, "wie viel V S?", "?")
    verb = "cost" if phrase.english_is_plural else english.third_person("cost")
    only = maker.chance(0.3)
    return maker.finish(
        f"{phrase.case('nom')} kostet {'nur ' if only else ''}{amount}",
        f"{phrase.english} {'only ' if only else ''}{verb} {english_amount}",
        [*phrase.tags, "num"],
        f"S V {'nur ' if only else ''}num",
    )


def formula(maker: Maker, scene: Scene) -> Sentence:
    """Guten Morgen, wie haben Sie geschlafen?"""
    german, text, tag_list = maker.rng.choice(maker.book.formulas)
    return Sentence(german, text, tuple(tag_list.split()), "formula")


def _relative(maker: Maker, kind: str) -> NounPhrase:
    """Return one person whose age or birthday is told (of mine) or asked for (of yours)."""
    if maker.chance(0.2):
        return people.name(maker.rng)
    owner = people.speaker(maker.rng, kind)
    return people.relative_of(maker.rng, owner, ("kin-child", "kin-young", "kin-adult"))
