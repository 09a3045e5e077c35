"""A contender in a process of its own, which makes a round whenever it is asked to."""

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parent.parent.parent


class Child:
    """A process that reads a job as one line of JSON, then answers each line with one: its seconds.

    Use as a context: the process ends with it.
    """

    def __init__(self, command: list[str], job: dict[str, Any], **environment: str) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env=os.environ | environment,
        )  # fmt: skip
        self.ask(json.dumps(job))

    def ask(self, line: str) -> float:
        """Send a line and wait for the seconds that it took."""
        assert self.process.stdin
        assert self.process.stdout
        print(line, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.process.args!r} has ended with status {self.process.wait()}")
        return float(answer)

    def round(self) -> float:
        """Return the seconds of one round."""
        return self.ask("round")

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.communicate()
