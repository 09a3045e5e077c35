"""Fetch a public corpus: each file is pinned by its SHA-256, so that what arrives is what was meant.

Knows servers and files, not what a corpus is. The server is not trusted: size, time and redirects have
bounds.
"""

import gzip
import hashlib
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import urlsplit

from seqtrans.errors import SeqtransError
from seqtrans.storage import write_whole

STALL_SECONDS, TOTAL_SECONDS, NUM_TRIES, MAX_REDIRECTS = 20.0, 300.0, 4, 3


class RemoteCorpus(NamedTuple):
    """Where a corpus lies, its terms, and the files: name here, path there (gzip), SHA-256 of that."""

    base: str
    terms: str
    max_bytes: int
    """More than any of the files has."""
    files: dict[str, tuple[str, str]]


CORPORA = {
    "multi30k": RemoteCorpus(
        "https://raw.githubusercontent.com/multi30k/dataset/master/data/task1/raw/",
        "Multi30k (Elliott et al. 2016), for non-commercial research and education",
        4_000_000,
        {
            "train.de": ("train.de.gz", "726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6"),
            "train.en": ("train.en.gz", "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f"),
            "val.de": ("val.de.gz", "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a"),
            "val.en": ("val.en.gz", "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28"),
            "test_2016_flickr.de": (
                "test_2016_flickr.de.gz", "9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8"
            ),
            "test_2016_flickr.en": (
                "test_2016_flickr.en.gz", "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9"
            ),
        },
    ),
}  # fmt: skip


def fetch(corpus: RemoteCorpus, folder: Path, report: Callable[[str], None]) -> None:
    """Bring a corpus into a folder; files that are there already stay as they are.

    `report` is called with the name of each file that arrives. Raises `SeqtransError` when a file
    cannot be had or is not the pinned one; what has arrived before stays.
    """
    for name, (path, sha256) in corpus.files.items():
        if (folder / name).exists():
            continue
        data = gzip.decompress(download(corpus.base + path, sha256, corpus.max_bytes))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / name, data)
        except OSError as error:
            raise SeqtransError(f"{folder / name}: cannot be written: {error.strerror}") from None
        report(name)


def download(url: str, sha256: str, max_bytes: int) -> bytes:
    """Return the bytes behind a URL if their SHA-256 is the given one.

    A connection that breaks or stalls is taken up again where it ended, up to `NUM_TRIES` times. Raises
    `SeqtransError` when that does not help, for more than `max_bytes` or `TOTAL_SECONDS`, and for other
    bytes.
    """
    received = bytearray()
    deadline = time.monotonic() + TOTAL_SECONDS
    reason = "the connection broke"
    for _ in range(NUM_TRIES):
        try:
            _receive(url, received, max_bytes, deadline)
        except urllib.error.HTTPError as error:
            with error:  # it holds the connection open
                reason = str(error.reason)
            continue
        except (OSError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", None) or error)
            continue
        if hashlib.sha256(received).hexdigest() == sha256:
            return bytes(received)
        reason = f"{len(received)} bytes came that are not the file (their SHA-256 differs)"
        received.clear()
    raise SeqtransError(f"{url}: {' '.join(reason.split())}; try again later")


def _receive(url: str, received: bytearray, max_bytes: int, deadline: float) -> None:
    """Append to `received` what the server has beyond it; raises `OSError` when that ends too early."""
    request = urllib.request.Request(url, headers={"User-Agent": "seqtrans"})
    if received:
        request.add_header("Range", f"bytes={len(received)}-")
    with urllib.request.build_opener(_FewRedirects).open(request, timeout=STALL_SECONDS) as response:
        if response.status != 206:
            received.clear()
        expected = len(received) + int(response.headers.get("Content-Length") or 0)
        while chunk := response.read1(65536):
            received += chunk
            if len(received) > max_bytes:
                raise SeqtransError(f"{url}: more than {max_bytes:,} bytes came; this is not the file")
            if time.monotonic() > deadline:
                raise SeqtransError(f"{url}: not done after {TOTAL_SECONDS:.0f} seconds; try again later")
        if len(received) < expected:
            raise ConnectionError("the connection broke")


class _FewRedirects(urllib.request.HTTPRedirectHandler):
    """Follow a few redirects, and none from https to something else."""

    max_redirections = MAX_REDIRECTS

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme != urlsplit(req.full_url).scheme:
            fp.close()
            raise SeqtransError(f"{req.full_url}: redirects to {newurl}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)
