"""The commands: parse, call one function of the library, print. The only file that prints or exits.

Results go to stdout, progress and warnings to stderr. Torch is imported inside the commands, so that
`--help` answers at once.
"""

import dataclasses
import inspect
import io
import itertools
import json
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from typer.exceptions import TyperException

from seqtrans.config import AUTO, Config, Device, field_types
from seqtrans.corpus import check_direction, read_files, scorable
from seqtrans.errors import Interrupted, SeqtransError
from seqtrans.text import decode_line

if TYPE_CHECKING:
    from seqtrans.decoding import Translator
    from seqtrans.events import Results
    from seqtrans.scoring import GroupScore

LINES_AT_ONCE = 1000
MAX_LINE = 2**18
"""Bytes of a line to translate: six times 5,000 words. More is no sentence, and would take minutes."""

app = typer.Typer(
    help="Train small translation models and see how they work.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """Run the command line; what a user can mend is one line on stderr and exit status 1 or 2.

    A run that was stopped by a signal exits as the shell expects it: 128 + its number.
    """
    _open_streams()
    try:
        sys.exit(app(sys.argv[1:] or ["--help"], prog_name="seqtrans", standalone_mode=False))
    except TyperException as error:  # the command line itself is wrong
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "seqtrans"
        message = error.format_message().removesuffix(".")
        message = message.replace(": Value error, ", ": ")  # the name of a Python exception
        _fail(f"{message} (see {command} --help)", 2)
    except typer.Abort:
        _fail("stopped", 130)
    except SeqtransError as error:
        _fail(str(error), 1)
    except Interrupted as stop:
        _fail(str(stop), 128 + stop.signal)
    except (MemoryError, RuntimeError) as error:
        said_by_torch = "allocate memory" in str(error) or "out of memory" in str(error)
        if not isinstance(error, MemoryError) and not said_by_torch:
            raise
        _fail("out of memory; give a smaller model, or --batch-pieces or --max-pieces", 1)


def _open_streams() -> None:
    """Make output UTF-8, as input is, whatever the locale; a stream that is closed reads as empty."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - it stays open
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _fail(message: str, status: int) -> NoReturn:
    """Say what happened in one line, whatever characters a file name has brought into it, and exit."""
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in message)
    typer.echo(f"seqtrans: {line if len(line) < 1000 else line[:500] + ' ... ' + line[-400:]}", err=True)
    sys.exit(status)


def train(
    out: Annotated[
        Path | None, typer.Option(help="run folder to make [default: the next free in runs/]")
    ] = None,
    config_file: Annotated[
        Path | None, typer.Option("--config", help="settings to start from: the config.json of a run")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="go on with an unfinished run [default: the last in runs/]")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="print only the result")] = False,
    **settings: Any,
) -> None:
    """Train a model and score it; without options, on the corpus that ships, for five minutes."""
    from seqtrans import runs, training
    from seqtrans.display import TrainingDisplay
    from seqtrans.storage import read_file

    given = {name: value for name, value in settings.items() if value is not None}
    if "" in given.values():
        name = next(name for name, value in given.items() if value == "")
        raise SeqtransError(f"{name}: found nothing, expected a name; leave the option out or fill it")
    if resume and config_file:
        raise typer.BadParameter("--resume goes on with the run's own settings; leave --config out")
    config = Config()
    if config_file:
        config = Config.from_json(read_file(config_file).decode("utf-8", "replace"), str(config_file))
    config = config.overlaid(given)
    if out and not resume and runs.unfinished(out) and sys.stdin.isatty():
        resume = typer.confirm(f"{out} holds an unfinished run; go on with it?", default=True, err=True)
    with TrainingDisplay(quiet) as display:
        if resume:
            results = training.resume(out or runs.last_unfinished(Path("runs")), given, display)
        else:
            results = training.train(config, out, display)
    _print_results(results)


def _setting_options() -> Iterator[inspect.Parameter]:
    """Make a command-line option of every setting in `Config`."""
    for item in dataclasses.fields(Config):
        kind, about = field_types()[item.name], item.metadata
        flag = about["flag"] or "--" + item.name.replace("_", "-")
        default = {AUTO: "chosen by the program", "": "none"}.get(item.default, item.default)
        option = typer.Option(
            f"{flag}/--no-{flag[2:]}" if kind is bool else flag,
            help=f"{about['help']} [default: {default}]",
            min=about["low"] if kind in (int, float) else None,
            max=about["high"] if kind in (int, float) else None,
            show_default=False,
        )
        annotation = Annotated[kind | None, option]  # type: ignore[valid-type]
        yield inspect.Parameter(
            item.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation
        )


def _with_settings(command: Any) -> Any:
    """Replace a command's `**settings` by an option for every setting, which is what Typer reads."""
    own = [p for p in inspect.signature(command).parameters.values() if p.kind != p.VAR_KEYWORD]
    parameters = [p.replace(kind=p.KEYWORD_ONLY) for p in own] + list(_setting_options())
    command.__signature__ = inspect.Signature(parameters)
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command


app.command()(_with_settings(train))


@app.command()
def translate(
    text: Annotated[
        list[str] | None,
        typer.Argument(help="sentences; without any, lines from stdin", show_default=False),
    ] = None,
    run: Annotated[Path | None, typer.Option(help="run folder [default: the newest in runs/]")] = None,
    device: Annotated[Device, typer.Option(help="where to compute")] = "auto",
    engine: Annotated[
        Literal["seqtrans", "ctranslate2"],
        typer.Option(help="program that decodes (ctranslate2: transformer)"),
    ] = "seqtrans",
) -> None:
    """Translate sentences: one line out for each line in."""
    from seqtrans.engines import load_with
    from seqtrans.runs import newest_run

    translator = load_with(engine, run or newest_run(Path("runs")), device)
    if text:
        arguments = (os.fsencode(" ".join(line.split("\n"))) for line in text)
        _print_translations(translator, [decode_line(line, 1, "TEXT") for line in arguments])
    elif sys.stdin.isatty():
        typer.echo("Type a sentence and press Enter; an empty line ends.", err=True)
        while line := _prompted():
            _print_translations(translator, [line])
    else:
        lines = _stdin_lines()
        while some := list(itertools.islice(lines, LINES_AT_ONCE)):
            _print_translations(translator, some)


def _stdin_lines() -> Iterator[str]:
    """Decode stdin line by line; one that does not end is refused before it fills the memory."""
    for number in itertools.count(1):
        line = sys.stdin.buffer.readline(MAX_LINE)
        if not line:
            return
        if len(line) == MAX_LINE:
            raise SeqtransError(
                f"stdin: line {number}: found {MAX_LINE} bytes or more, expected a sentence; divide the line"
            )
        yield decode_line(line, number, "stdin")


def _prompted() -> str:
    """Ask for a line on stderr; the end of the input reads like an empty line."""
    typer.echo("> ", nl=False, err=True)
    return next(_stdin_lines(), "")


def _print_translations(translator: "Translator", texts: list[str]) -> None:
    typer.echo("".join(f"{line}\n" for line in translator.translate(texts)), nl=False)


@app.command()
def evaluate(
    run: Annotated[Path, typer.Option(help="run folder")],
    src: Annotated[Path | None, typer.Option(help="source text (with --ref)")] = None,
    ref: Annotated[Path | None, typer.Option(help="reference translations, line by line")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
    device: Annotated[Device, typer.Option(help="where to compute")] = "auto",
) -> None:
    """Score a run on its test set, or on --src and --ref: BLEU, chrF, loss and perplexity."""
    if bool(src) != bool(ref):
        raise typer.BadParameter("--src and --ref are the two sides of one test; give both")
    from seqtrans.decoding import load
    from seqtrans.evaluation import evaluate as evaluate_pairs
    from seqtrans.evaluation import score_by_length
    from seqtrans.storage import RunFolder

    translator = load(run, device)
    suffixes = translator.config.source_language, translator.config.target_language
    files = (src, ref) if src and ref else (run / f"test.{suffixes[0]}", run / f"test.{suffixes[1]}")
    if not src:
        for path in files:
            RunFolder(run).read(path.name)  # refuses what is not as it was written
    pairs = scorable(read_files(*files), "test")
    check_direction(pairs, suffixes, f"{files[0]} and {files[1]}", "--src and --ref the other way round")
    result = evaluate_pairs(translator, pairs)
    by_length = score_by_length(pairs, result.hypotheses)
    values: dict[str, Any] = {"sentences": len(pairs), "loss": result.loss, "perplexity": result.perplexity}
    values |= {"num_truncated": result.num_truncated, **result.scores._asdict()}
    values["by_length"] = {label: dataclasses.asdict(group) for label, group in by_length.items()}
    if as_json:
        typer.echo(json.dumps(values, indent=2))
        return
    scores = result.scores
    precisions = " ".join(f"{precision:.1f}" for precision in scores.precisions)
    typer.echo(f"BLEU         {scores.bleu:.2f}  ({scores.bleu_signature})")
    typer.echo(f"  precisions {precisions} (1- to 4-grams, percent)")
    typer.echo(
        f"  brevity    {scores.brevity_penalty:.3f} (output has {scores.length_ratio:.3f} of the words)"
    )
    _print_groups(by_length, " words")
    typer.echo(f"chrF         {scores.chrf:.2f}  ({scores.chrf_signature})")
    typer.echo(f"loss         {result.loss:.3f} nats per piece of the references")
    typer.echo(f"perplexity   {result.perplexity:.2f}")
    typer.echo(f"sentences    {len(pairs)}, of which {result.num_truncated} hit the length limit")


@app.command()
def export(
    run: Annotated[Path, typer.Option(help="run folder of a transformer")],
    out: Annotated[Path, typer.Option(help="folder to make")],
    to: Annotated[Literal["ctranslate2"], typer.Option("--format", help="who shall read it")] = "ctranslate2",
) -> None:
    """Write a run's model for another program, checked against the run's own translations."""
    from seqtrans.export import export as export_run

    exported = export_run(run, out)
    typer.echo(f"exported   {out} ({to}, with its tokenizer)")
    typer.echo(
        f"checked    {exported.num_checked} test sentences, {exported.num_ties} of which differ from a tie on"
    )


@app.command()
def fetch(
    corpus: Annotated[Literal["multi30k"], typer.Argument(help="which corpus")],
    out: Annotated[Path | None, typer.Option(help="folder for its files [default: its name]")] = None,
) -> None:
    """Download a public corpus, each file verified by its checksum."""
    from seqtrans.fetch import CORPORA, fetch

    folder = out or Path(corpus)
    typer.echo(f"{CORPORA[corpus].terms}", err=True)
    fetch(CORPORA[corpus], folder, lambda name: typer.echo(f"fetched    {folder / name}", err=True))
    typer.echo(f"train      seqtrans train --data {shlex.quote(str(folder))}")


def _print_results(results: "Results") -> None:
    """Print the test score, where the run lies, and how to translate with it."""
    typer.echo(
        f"test       BLEU {results.bleu:.2f}  chrF {results.chrf:.2f}  loss {results.loss:.3f}  ", nl=False
    )
    typer.echo(f"perplexity {results.perplexity:.2f}")
    _print_groups(results.by_part)
    _print_groups(results.by_length, " words")
    typer.echo(f"signature  {results.bleu_signature}")
    typer.echo(
        f"run        {results.folder} ({results.seconds:.0f} seconds, {results.steps} steps; "
        f"the weights are those of step {results.best_step})"
    )
    typer.echo(f"translate  seqtrans translate --run {shlex.quote(results.folder)} TEXT")


def _print_groups(groups: "dict[str, GroupScore]", unit: str = "") -> None:
    """Print the score of each part of a test set."""
    for label, group in groups.items():
        typer.echo(f"  {label + unit:12} BLEU {group.bleu:5.2f}  ({group.num_sentences} sentences)")
