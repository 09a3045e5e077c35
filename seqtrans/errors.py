"""The exceptions that mean: no bug, the user can go on."""


class SeqtransError(Exception):
    """A fault in the input, the settings or a run folder, in one line that says what to do.

    Raised where the fault is found, before the first training step where possible, and caught once,
    by the command line, which prints the line and exits with status 1.
    """


class Interrupted(Exception):  # noqa: N818 - it is no error
    """The user or the system asked training to stop, and it has: a line that says how to go on.

    `signal` is the number of the signal; the command line exits with status 128 + signal.
    """

    def __init__(self, message: str, signal: int) -> None:
        super().__init__(message)
        self.signal = signal
