"""Downloads from a server on localhost that lies, stalls, truncates and redirects."""

import gc
import gzip
import hashlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from seqtrans import fetch as module
from seqtrans.errors import SeqtransError
from seqtrans.fetch import CORPORA, RemoteCorpus, download, fetch

FILE = gzip.compress(b"Guten Morgen.\n" * 5000, mtime=0) + bytes(range(256)) * 40
SHA256 = hashlib.sha256(FILE).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Serves FILE at every path, in a way that the path names."""

    requests: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.requests.append((self.path, wanted))
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        if self.path == "/missing":
            self.send_error(404)
        elif self.path.startswith("/redirect"):
            left = int(self.path.removeprefix("/redirect"))
            self.answer(302, b"", Location=f"/redirect{left - 1}" if left else "/good")
        elif self.path == "/elsewhere":
            self.answer(302, b"", Location="ftp://127.0.0.1/x")
        elif self.path == "/other":
            self.answer(200, FILE[::-1])
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b"x" * 65536)
        elif self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b"x")
                time.sleep(0.05)
        elif self.path == "/stall":
            self.answer(200, FILE[:99], length=len(FILE))
            time.sleep(2)
        elif self.path == "/truncate":
            rest = FILE[start:]
            self.answer(206 if wanted else 200, rest[: len(FILE) // 3], length=len(rest))
        elif self.path == "/no-ranges":
            self.answer(200, FILE[: len(FILE) if len(self.requests) > 2 else 500], length=len(FILE))
        elif self.path == "/lies-about-length":
            self.answer(200, FILE, length=len(FILE) + 7)
        else:
            self.answer(200, FILE)

    def answer(self, status: int, body: bytes, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def _no_open_sockets() -> Iterator[None]:
    """A socket left open is a warning, and with that an error, in the test that left it."""
    yield
    gc.collect()


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server that is strange; time limits are short."""
    Handler.requests = []
    monkeypatch.setattr(module, "STALL_SECONDS", 0.3)
    monkeypatch.setattr(module, "TOTAL_SECONDS", 1.0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", ["/good", "/redirect2", "/truncate", "/no-ranges"])
def test_the_right_bytes_arrive_in_the_end(base: str, path: str) -> None:
    assert download(base + path, SHA256, 10**6) == FILE


def test_a_broken_download_goes_on_where_it_ended(base: str) -> None:
    download(base + "/truncate", SHA256, 10**6)
    third = len(FILE) // 3
    ranges = [wanted for _, wanted in Handler.requests]
    assert ranges[:3] == [None, f"bytes={third}-", f"bytes={2 * third}-"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/missing", "Not Found; try again later"),
        ("/other", r"bytes came that are not the file \(their SHA-256 differs\)"),
        ("/endless", "more than 1,000,000 bytes came; this is not the file"),
        ("/drip", "not done after 1 seconds; try again later"),
        ("/stall", "timed out; try again later"),
        ("/lies-about-length", "; try again later"),
        ("/redirect9", "; try again later"),
        ("/elsewhere", r"redirects to ftp://127\.0\.0\.1/x, which is not followed"),
    ],
)
def test_a_server_that_misbehaves_is_given_up(base: str, path: str, message: str) -> None:
    began = time.monotonic()
    with pytest.raises(SeqtransError, match=message) as error:
        download(base + path, SHA256, 10**6)
    assert "\n" not in str(error.value)
    assert time.monotonic() - began < 10


def test_no_server_at_all() -> None:
    with pytest.raises(SeqtransError, match="Connection refused; try again later"):
        download("http://127.0.0.1:9/x", SHA256, 10**6)


def test_a_corpus_is_unpacked_and_what_is_there_stays(base: str, tmp_path: Path) -> None:
    packed = gzip.compress(b"Hallo.\n", mtime=0)
    sha256 = hashlib.sha256(packed).hexdigest()
    corpus = RemoteCorpus(f"{base}/", "terms", 10**6, {"a": ("a.gz", sha256), "b": ("b.gz", sha256)})
    (tmp_path / "a").write_text("mine")
    with pytest.raises(SeqtransError, match=r"b\.gz: .* not the file"):
        fetch(corpus, tmp_path, lambda name: None)
    assert {path.name for path in tmp_path.iterdir()} == {"a"}
    Handler.answer, original = (  # type: ignore[method-assign]
        lambda self, status, body, length=None, **headers: original(self, status, packed), Handler.answer,
    )  # fmt: skip
    try:
        arrived: list[str] = []
        fetch(corpus, tmp_path, arrived.append)
    finally:
        Handler.answer = original  # type: ignore[method-assign]
    assert arrived == ["b"]
    assert [(tmp_path / name).read_text() for name in ("a", "b")] == ["mine", "Hallo.\n"]


def test_every_pinned_file_has_a_checksum_and_a_safe_address() -> None:
    for corpus in CORPORA.values():
        assert corpus.base.startswith("https://")
        for name, (path, sha256) in corpus.files.items():
            assert len(bytes.fromhex(sha256)) == 32
            assert "/" not in name + path
