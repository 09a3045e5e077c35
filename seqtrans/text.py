"""Text: the bytes of a file or of standard input become clean lines, or a message that says what to do."""

import codecs
import unicodedata
from pathlib import Path

from seqtrans.errors import SeqtransError
from seqtrans.storage import read_file


def read_lines(path: Path, keep_tabs: bool = False) -> list[str]:
    """Read a UTF-8 file into cleaned lines, blank ones included.

    Only a line feed ends a line (a carriage return before it goes too), so that no other separator
    inside a sentence can shift the alignment. Raises `SeqtransError` naming file and line.
    """
    data = read_file(path)
    if not data.strip():
        raise SeqtransError(f"{path}: the file is empty; expected one sentence a line")
    if b"\r" in data.strip() and b"\n" not in data:
        raise SeqtransError(f"{path}: lines end in CR alone; convert it: tr '\\r' '\\n'")
    lines = data.removesuffix(b"\n").split(b"\n")
    return [decode_line(line, number, str(path), keep_tabs) for number, line in enumerate(lines, start=1)]


def decode_line(line: bytes, number: int, where: str, keep_tabs: bool = False) -> str:
    """Decode and clean line `number` of `where`. Raises `SeqtransError` for what is not text."""
    if number == 1:
        if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise SeqtransError(f"{where}: the file is UTF-16; convert it: iconv -f UTF-16 -t UTF-8")
        line = line.removeprefix(codecs.BOM_UTF8)
    if b"\0" in line:
        raise SeqtransError(
            f"{where}: line {number}: found a NUL byte, expected text; if it is UTF-16 without a mark: "
            "iconv -f UTF-16LE -t UTF-8"
        )
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SeqtransError(
            f"{where}: line {number}: found byte 0x{line[error.start]:02x}, expected UTF-8; "
            "convert it, for example: iconv -f LATIN1 -t UTF-8"
        ) from None
    return "\t".join(map(clean, text.split("\t"))) if keep_tabs else clean(text)


def clean(line: str) -> str:
    """Compose accents (NFC) and make each run of white space one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", line).split())
