"""Qualities: predicates, comparison of two, superlatives, what changes, what is too much."""

from dataclasses import replace

from . import conjugation, english, people
from .english_verbs import BE, contract
from .frames import Scene
from .german_verbs import SEIN, WERDEN
from .maker import Maker, Sentence
from .nounphrase import NounPhrase, UnfitError, build, pronoun, pronoun_for
from .words import Adjective, Noun, lexicon

PERSONAL = (
    "person-size",
    "person-age",
    "person-char",
    "person-body",
    "person-money",
    "person-noise",
    "person-time",
)
STATES = ("person-state", "person-status", "student", "customer")
DEGREES = (("sehr", "very"), ("ziemlich", "pretty"), ("wirklich", "really"), ("viel zu", "much too"))
MORE = (("", ""), ("", ""), ("viel ", "much "), ("etwas ", "a little "), ("noch ", "even "))
EXPERIENCE = (
    (
        "house building eatery hotel street bridge square garden tree shop",
        " in der Stadt",
        "in town",
        "present",
    ),
    ("book story", ", @ ich je gelesen habe", "I've ever read", "present"),
    ("movie show", ", @ ich je gesehen habe", "I've ever seen", "past"),
    ("dish cake", ", @ ich je gegessen habe", "I've ever eaten", "past"),
    ("exam", ", @ ich je geschrieben habe", "I've ever taken", "past"),
    ("trip", ", @ wir je gemacht haben", "we've ever taken", "past"),
    ("mountain town", ", @ ich kenne", "I know", "present"),
    ("clothing bag", ", @ ich habe", "I have", "present"),
    ("teacher neighbor", ", @ ich kenne", "I know", "present"),
    ("speech lecture meeting", ", @ ich je gehört habe", "I've ever heard", "past"),
)
"""What follows a superlative, by the class of the noun, and the tense that goes with it."""


def quality(maker: Maker, scene: Scene) -> Sentence:
    """Die Suppe ist sehr heiß. War der Film langweilig? Deine Schuhe sind nass."""
    entry, class_ = _predicate(maker, (*PERSONAL, *STATES))
    subject = _subject(maker, class_)
    past = maker.chance(0.35)
    verb, be = _be(subject, past=past)
    kind = maker.rng.choice(("plain", "degree", "degree", "negative", "question"))
    if kind == "negative" and not entry.comparative:
        raise UnfitError("a strong word denied")
    german_degree, english_degree = "", ""
    if kind == "degree" and entry.comparative:
        german_degree, english_degree = maker.rng.choice(DEGREES if "too" in entry.marks else DEGREES[:3])
    tags_ = [*subject.tags, *_form_tags(subject)]
    if kind == "negative":
        words, text = (
            f"{subject.case('nom')} {verb} nicht {entry.german}",
            _negative(subject, be, entry.english),
        )
        return maker.finish(words, text, [*tags_, "neg"], "S V n Adj")
    if kind == "question":
        if subject.owned or subject.person in ("ich", "wir"):
            raise UnfitError("one knows how one is")
        words = f"{verb} {subject.case('nom')} {german_degree} {entry.german}"
        return maker.finish(
            words, f"{be} {subject.subject} {english_degree} {entry.english}", [*tags_, "q"], "V S Adj?", "?"
        )
    words = f"{subject.case('nom')} {verb} {german_degree} {entry.german}"
    text = f"{contract(subject.subject, be)} {english_degree} {entry.english}"
    return maker.finish(words, text, tags_, f"S V {german_degree} Adj")


def comparison(maker: Maker, scene: Scene) -> Sentence:
    """Anna ist größer als Ben. Das Sofa ist nicht so teuer wie der Tisch."""
    if maker.chance(0.35):
        entry, class_ = _predicate(maker, PERSONAL, "cmp")
        if class_ not in PERSONAL:
            raise UnfitError("not about people")
        first, second = _subject(maker, class_), _subject(maker, class_)
        if first.english == second.english or first.form == second.form == "pronoun":
            raise UnfitError("the same twice")
        if second.form == "pronoun":
            raise UnfitError("rather a noun")
    else:
        nouns, entry = _compared(maker, "different")
        first, second = (build(noun, "the") for noun in maker.rng.sample(nouns, 2))
    return _compare(maker, entry, first, second)


def _compare(maker: Maker, entry: Adjective, first: NounPhrase, second: NounPhrase) -> Sentence:
    """Compare two: more, as much, less."""
    verb, be = _be(first, past=maker.chance(0.25))
    kind = maker.rng.choice(("more", "more", "as", "less"))
    other, other_english = second.case("nom"), second.english
    tags_ = [*first.tags, *second.tags]
    if kind == "more":
        german_more, english_more = maker.rng.choice(MORE)
        words = f"{first.case('nom')} {verb} {german_more}{entry.comparative} als {other}"
        more = english_more + english.comparative(entry.english)
        text = f"{contract(first.subject, be)} {more} than {other_english}"
        return maker.finish(words, text, tags_, f"S V {german_more}Adj als N")
    if kind == "as":
        words = f"{first.case('nom')} {verb} genauso {entry.german} wie {other}"
        text = f"{contract(first.subject, be)} just as {entry.english} as {other_english}"
        return maker.finish(words, text, tags_, "S V genauso Adj wie N")
    words = f"{first.case('nom')} {verb} nicht so {entry.german} wie {other}"
    text = _negative(first, be, f"as {entry.english} as {other_english}")
    return maker.finish(words, text, [*tags_, "neg"], "S V nicht so Adj wie N")


def superlative(maker: Maker, scene: Scene) -> Sentence:
    """Das ist der höchste Turm in der Stadt. Das war der beste Film, den ich je gesehen habe."""
    endings = [(class_, ending) for ending in EXPERIENCE for class_ in ending[0].split()]
    class_, (_, german_end, english_end, tense) = maker.rng.choice(endings)
    entries = [
        entry
        for entry in lexicon().adjectives.values()
        if "sup" in entry.marks
        and class_ in entry.attributive
        and not ("ich je" in german_end and entry.key == "alt")
    ]
    nouns = [noun for noun in lexicon().nouns_of[class_] if noun.plural and noun.gender != "p"]
    if not entries or not nouns:
        raise UnfitError("no superlative")
    entry, noun = maker.rng.choice(entries), maker.rng.choice(nouns)
    best = replace(entry, stem=entry.superlative, english=english.superlative(entry.english))
    phrase = build(noun, "the", best)
    several = phrase.english_is_plural
    verb, be = {"present": ("ist", "those are" if several else "that's"), "past": ("war", "that was")}[tense]
    relative = {"m": "den", "f": "die", "n": "das"}[phrase.gender]
    german_end = german_end.replace("@", relative)
    extra = ["sub", "rel"] if "," in german_end else ["two"]
    if german_end.endswith("habe"):
        extra.append("perf")
    return maker.finish(
        f"das {verb} {phrase.case('nom')}{german_end}",
        f"{be} {phrase.english} {english_end}",
        ["adj", *phrase.tags, *extra],
        f"das V Superlative {german_end.split(' ')[-1]}",
    )


def asked(maker: Maker, scene: Scene) -> Sentence:
    """Welcher Mantel ist wärmer? Was ist schneller, der Zug oder der Bus?"""
    nouns, entry = _compared(maker, "different")
    if maker.chance(0.5) and not nouns[0].is_person:
        first, second = (build(noun, "the") for noun in maker.rng.sample(nouns, 2))
        words = f"was ist {entry.comparative}, {first.case('nom')} oder {second.case('nom')}"
        text = f"which is {english.comparative(entry.english)}, {first.english} or {second.english}"
        return maker.finish(words, text, [*first.tags, *second.tags, "q"], "was V Adj, N oder N?", "?")
    phrase = build(maker.rng.choice(nouns), "which")
    be = BE["present"][phrase.english_agreement]
    if maker.chance(0.5):
        words, text = f"ist {entry.comparative}", english.comparative(entry.english)
    else:
        words, text = f"ist am {entry.superlative}en", f"the {english.superlative(entry.english)}"
    german, whole = f"{phrase.case('nom')} {words}", f"{phrase.english} {be} {text}"
    return maker.finish(german, whole, [*phrase.tags, "q"], f"welch V {words.split(' ')[1][:2]}?", "?")


def changing(maker: Maker, scene: Scene) -> Sentence:
    """Das Brot wird immer teurer. Unsere Tochter wird immer größer."""
    nouns, entry = _compared(maker, "changing")
    noun = maker.rng.choice(nouns)
    own = {"pet", "kin", "computer"} & set(noun.classes)
    plural = {"fruit", "vegetable", "exam"} & set(noun.classes)
    determiner = "my" if own else "thes" if plural else "the"
    bare = "bares" if determiner == "thes" else "bare" if entry.key == "teuer" else ""
    owner = pronoun(maker.rng.choice(("ich", "wir", "sie", "er")))
    subject = build(noun, determiner, owner=owner, english_determiner=bare)
    past = maker.chance(0.4)
    agreement = subject.agreement
    verb = ("wurden" if agreement == "sie" else "wurde") if past else conjugation.present(WERDEN, agreement)
    be = BE["past" if past else "present"][subject.english_agreement]
    word = english.comparative(entry.english)
    twice = f"more and {word}" if word.startswith("more ") else f"{word} and {word}"
    words = f"{subject.case('nom')} {verb} immer {entry.comparative}"
    text = f"{contract(subject.subject, be)} getting {twice}"
    return maker.finish(words, text, subject.tags, "S wird immer Adj")


def too_much(maker: Maker, scene: Scene) -> Sentence:
    """Der Mantel gefällt mir, aber er ist mir zu teuer."""
    nouns, entry = _compared(maker, "too")
    noun = maker.rng.choice(nouns)
    determiner = maker.rng.choice(("the", "this")) if "shoe" not in noun.classes else "thes"
    subject = build(noun, determiner)
    it = pronoun_for(subject)
    person = pronoun(maker.rng.choice(("ich", "ich", "wir", "er", "sie")))
    pleases = "gefallen" if subject.agreement == "sie" else "gefällt"
    like = english.third_person("like") if person.english_agreement == "it" else "like"
    verb, be = _be(it)
    them = person.case("dat")
    german = f"{subject.case('nom')} {pleases} {them}, aber {it.case('nom')} {verb} {them} zu {entry.german}"
    too = f"{contract(it.subject, be)} too {entry.english} for {person.english}"
    text = f"{person.subject} {like} {subject.english}, but {too}"
    return maker.finish(german, text, ["dat", *subject.tags], "N gefällt D, aber N V D zu Adj")


def _compared(maker: Maker, kind: str) -> tuple[list[Noun], Adjective]:
    """Draw a row of comparable nouns and one of their adjectives."""
    nouns, adjectives = maker.rng.choice(maker.book.comparisons[kind])
    entries = lexicon()
    return [entries.nouns[key] for key in nouns], entries.adjectives[maker.rng.choice(adjectives)]


def _predicate(maker: Maker, personal: tuple[str, ...], mark: str = "") -> tuple[Adjective, str]:
    """Draw an adjective, perhaps one with a mark, and a class that it can be said of."""
    entries = [
        entry
        for entry in lexicon().adjectives.values()
        if entry.predicative and (not mark or mark in entry.marks)
    ]
    entry = maker.rng.choice(entries)
    class_ = maker.rng.choice(entry.predicative)
    if class_ not in lexicon().nouns_of and class_ not in personal:
        raise UnfitError("no such class")
    return entry, class_


def _subject(maker: Maker, class_: str) -> NounPhrase:
    """Draw a phrase of a class: a person, or a thing with the, my or this."""
    if class_.startswith("person"):
        return people.draw(maker.rng, "person", owner=None, others=(), role="subject")
    noun = maker.rng.choice(lexicon().nouns_of[class_])
    owner = people.speaker(maker.rng, "statement")
    if noun.is_person:
        raise UnfitError("people are drawn by name")
    mine = {
        "clothing",
        "shoe",
        "sock",
        "pet",
        "bag",
        "device",
        "furniture",
        "vehicle",
        "luggage",
        "barker",
        "catlike",
    } & set(noun.classes)
    each = owner.agreement in ("wir", "ihr", "sie") and {"clothing", "bag"} & set(noun.classes)
    choices = ["the", "the", "this"] + (["my"] * 3 if mine and not each else [])
    if class_.startswith(("weather", "day")):
        choices = ["the"]
    determiner = maker.rng.choice(choices)
    plural = (
        bool(noun.plural)
        and noun.gender != "p"
        and ({"shoe", "sock", "fruit", "vegetable", "glove", "cookie"} & set(noun.classes))
    )
    if plural:
        determiner = {"the": "thes", "my": "mys", "this": "theses"}[determiner]
    return build(noun, determiner, owner=owner)


def _be(subject: NounPhrase, *, past: bool = False) -> tuple[str, str]:
    """Return sein and be in agreement with the subject."""
    agreement = subject.agreement
    german = (conjugation.past if past else conjugation.present)(SEIN, agreement)
    return german, BE["past" if past else "present"][subject.english_agreement]


def _negative(subject: NounPhrase, be: str, rest: str) -> str:
    if be == "am":
        return f"{contract(subject.subject, be)} not {rest}"
    return f"{subject.subject} {be}n't {rest}"


def _form_tags(subject: NounPhrase) -> list[str]:
    return ["adj"] if subject.modified else []
