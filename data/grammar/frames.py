"""The book of frames: every frame with its reasons, obstacles, purposes and clauses of time.

A file of frames holds blocks. The first line of a block is the frame; the indented lines name links:

    pro     what speaks for it (weil, denn, deshalb, wenn), con: what speaks against it (aber)
    to      a purpose of the same subject (um ... zu), for: a purpose with a subject of its own (damit)
    after, while    clauses of time

A link is a clause in the notation of the frames (S is the frame's subject, 1 and 2 its slots) or a row of
names of clauses from situations.txt and anchors.txt. A frame set in a scene has the scene's clauses of time.
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from .notation import ASPECTS, Frame, parse_frame
from .tables import Line, names_in, read_blocks, read_table
from .words import lexicon

RELATIONS = ("pro", "con", "to", "for", "after", "while")
OPTIONS = frozenset(
    "fun chore plan skill request rule us promise ever done passive evaluation often good bad "
    "ban clock small single not two idiom "
    "nohabit notime nonow noneg nofuture noimp nomodal nopast "
    "noadj nodu noq "
    "morning day evening night weekend summer winter long vacation hours days weeks years".split()
)
"""What may stand behind the semicolon of a frame, besides aspects and scenes."""


@dataclass(frozen=True)
class Scene:
    """A frame with all that may be joined to it."""

    frame: Frame
    links: dict[str, tuple[Frame, ...]]

    @property
    def name(self) -> str:
        """Return where the frame stands; no two frames share it."""
        return self.frame.place

    def link(self, relation: str) -> tuple[Frame, ...]:
        """Return the clauses of one relation."""
        return self.links.get(relation, ())


class Book(NamedTuple):
    """All scenes, and the tables of clauses that patterns draw from."""

    scenes: tuple[Scene, ...]
    named: dict[str, Frame]
    relatives: tuple[tuple[tuple[str, ...], Frame], ...]
    """Relative clauses with the noun classes that they can describe."""
    matrices: dict[str, tuple[Frame, ...]]
    """Clauses that take another clause, by kind."""
    routines: tuple[tuple[Frame, ...], ...]
    """Chains of things done one after the other."""
    comparisons: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]
    """Rows of nouns and of the adjectives by which they are compared, by kind of sentence."""
    formulas: tuple[tuple[str, ...], ...]
    """Small talk, ready made: both texts and the tags."""
    existence: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    """A verb of position, a place in both languages, and the nouns that may be there."""


SPECIAL = ("situations", "anchors", "scenes", "relatives", "matrices", "routines", "comparisons", "existence")


@cache
def book() -> Book:
    """Read all frames, once. Raises ValueError that names file and line of a fault."""
    named = {}
    for file in ("situations", "anchors"):
        for block in read_blocks(f"rules/{file}.txt"):
            name, _, rule = block.head.text.partition(" > ")
            named[name] = parse_frame(Line(rule, block.head.place))
    defaults = _scene_defaults(named)
    scenes = []
    for file in names_in("rules", ".txt"):
        if not any(special in file for special in SPECIAL):
            scenes += [_scene(block.head, block.body, named, defaults) for block in read_blocks(file)]
    return Book(
        tuple(scenes),
        named,
        _relatives(),
        _matrices(),
        _routines(),
        _comparisons(),
        tuple(read_table("rules/formulas.tsv", 3)),
        _existence(),
    )


def _scene(
    head: Line,
    body: tuple[Line, ...],
    named: dict[str, Frame],
    defaults: dict[str, dict[str, tuple[Frame, ...]]],
) -> Scene:
    frame = parse_frame(head)
    links: dict[str, list[Frame]] = {}
    for word in frame.options:
        if word in defaults:
            for relation, clauses in defaults[word].items():
                links.setdefault(relation, []).extend(clauses)
        elif word not in OPTIONS and word not in ASPECTS:
            raise ValueError(f"{head.place}: the option {word} is unknown")
    for line in body:
        for relation, clause in _links(line, named):
            links.setdefault(relation, []).append(clause)
    return Scene(frame, {relation: tuple(clauses) for relation, clauses in links.items()})


def _links(line: Line, named: dict[str, Frame]) -> list[tuple[str, Frame]]:
    """Return the links of an indented line."""
    relation, _, text = line.text.partition(" ")
    if relation not in RELATIONS:
        raise ValueError(f"{line.place}: {relation} is no relation, expected one of {', '.join(RELATIONS)}")
    if " = " in text:
        rule = f"S: {text}" if relation == "to" else text
        return [(relation, parse_frame(Line(rule, line.place)))]
    for name in text.split():
        if name not in named:
            raise ValueError(f"{line.place}: no situation is called {name}")
    return [(relation, named[name]) for name in text.split()]


def _scene_defaults(named: dict[str, Frame]) -> dict[str, dict[str, tuple[Frame, ...]]]:
    defaults: dict[str, dict[str, tuple[Frame, ...]]] = {}
    for block in read_blocks("rules/scenes.txt"):
        relations: dict[str, tuple[Frame, ...]] = {}
        for line in block.body:
            for relation, clause in _links(line, named):
                relations[relation] = (*relations.get(relation, ()), clause)
        defaults[block.head.text] = relations
    return defaults


def _relatives() -> tuple[tuple[tuple[str, ...], Frame], ...]:
    blocks = read_blocks("rules/relatives.txt")
    return tuple(
        (tuple(block.head.text.split()), parse_frame(line)) for block in blocks for line in block.body
    )


def _matrices() -> dict[str, tuple[Frame, ...]]:
    return {
        block.head.text: tuple(parse_frame(line) for line in block.body)
        for block in read_blocks("rules/matrices.txt")
    }


def _routines() -> tuple[tuple[Frame, ...], ...]:
    return tuple(
        tuple(parse_frame(_step(block.head.text, line)) for line in block.body)
        for block in read_blocks("rules/routines.txt")
    )


def _step(head: str, line: Line) -> Line:
    """Return a step of a routine as a rule, with the options of the head line."""
    subject, _, options = head.partition(" ; ")
    stop = " stop" if line.text.startswith("! ") else ""
    return Line(f"{subject}: {line.text.removeprefix('! ')} ; {options}{stop}", line.place)


def _comparisons() -> dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]:
    table = {}
    for block in read_blocks("rules/comparisons.txt"):
        rows = []
        for line in block.body:
            nouns, _, adjectives = line.text.partition(" : ")
            unknown = [key for key in nouns.split() if key not in lexicon().nouns]
            unknown += [key for key in adjectives.split() if key not in lexicon().adjectives]
            if unknown:
                raise ValueError(f"{line.place}: {unknown[0]} is not in the lexicon")
            rows.append((tuple(nouns.split()), tuple(adjectives.split())))
        table[block.head.text] = tuple(rows)
    return table


def _existence() -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    rows = []
    for block in read_blocks("rules/existence.txt"):
        for line in block.body:
            place, _, nouns = line.text.partition(" : ")
            german, _, english = place.partition(" = ")
            if unknown := [key for key in nouns.split() if key not in lexicon().nouns]:
                raise ValueError(f"{line.place}: {unknown[0]} is not in the lexicon")
            rows.append((block.head.text, german, english, tuple(nouns.split())))
    return tuple(rows)
