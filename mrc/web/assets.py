"""Style, script, fonts and icons: sent once, compressed, and kept by the browser for good.

A file's address holds a hash of its folder: `/static/1f0c9a2b/js/app.js`. Whatever changes in `js` changes
the address of all of `js`, so the modules find each other by their relative names, and nothing old is
mixed with something new. A file may therefore name files of its own top folder only.

The compressed twins (`app.js.br`, `app.js.gz`) lie beside their source, as Python's bytecode does: written on
the first start and whenever the source is newer, never committed.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from wsgiref.headers import Headers

import brotli
from flask import Flask
from whitenoise import WhiteNoise

from mrc.web.headers import FIXED

ROOT = Path(__file__).parent.parent / "static"
COMPRESSIBLE = frozenset({".css", ".js", ".svg"})
COMPRESSED: dict[str, Callable[[bytes], bytes]] = {
    ".br": lambda content: brotli.compress(content, quality=11),
    ".gz": lambda content: gzip.compress(content, 9, mtime=0),
}
SENT = COMPRESSIBLE | {".woff2"}
HASH_LENGTH = 10


def init_assets(app: Flask) -> None:
    """Serve the files in front of the application and offer `asset(path)` to the templates."""
    compress_all()
    served = WhiteNoise(
        app.wsgi_app,
        allow_all_origins=False,
        add_headers_function=_add_headers,
        immutable_file_test=_is_immutable,
    )
    for folder in folders():
        served.add_files(str(ROOT / folder), prefix=f"static/{hash_of(folder)}/{folder}/")
    app.wsgi_app = served  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = asset


def asset(path: str) -> str:
    """The address of a file below `mrc/static`, such as `css/app.css`. Raises FileNotFoundError."""
    if not (ROOT / path).is_file():
        raise FileNotFoundError(path)
    return f"/static/{hash_of(path.partition('/')[0])}/{path}"


def folders() -> list[str]:
    """The top folders below `mrc/static`, in alphabetical order."""
    return sorted(entry.name for entry in ROOT.iterdir() if entry.is_dir())


def sources(folder: str = "") -> list[Path]:
    """The files that pages load, without their compressed twins, in alphabetical order."""
    return sorted(path for path in (ROOT / folder).rglob("*") if path.suffix in SENT)


@cache
def hash_of(folder: str) -> str:
    """A hash over the names and contents of a top folder, computed once in a process."""
    digest = hashlib.sha256()
    for path in sources(folder):
        digest.update(
            str(path.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest()
        )
    return digest.hexdigest()[:HASH_LENGTH]


def compress_all() -> None:
    """Write the twins that are missing or older than their source; do without where we may not write."""
    for source, twin in _outdated():
        content = COMPRESSED[twin.suffix](source.read_bytes())
        try:
            _write_whole(twin, content)
        except OSError:
            return


def _outdated() -> Iterator[tuple[Path, Path]]:
    for source in sources():
        if source.suffix not in COMPRESSIBLE:
            continue
        for suffix in COMPRESSED:
            twin = source.with_name(source.name + suffix)
            if not twin.exists() or twin.stat().st_mtime < source.stat().st_mtime:
                yield source, twin


def _write_whole(path: Path, content: bytes) -> None:
    """Two web processes start at the same time; neither may read what the other has half written."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".twin-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _is_immutable(_path: str, _url: str) -> bool:
    """Every address that we serve holds a hash of its content."""
    return True


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    for name, value in FIXED.items():
        headers[name] = value
    headers["Content-Security-Policy"] = "default-src 'none'"
