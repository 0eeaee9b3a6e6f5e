"""Translations: extract what is written in code and templates, bring the catalogues up to date, say how far
they are.

`python -m mrc.i18n.catalogues` updates and compiles; with `--check` it only fails where the catalogues do not
match the source, hold other placeholders, or are not compiled.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from mrc.i18n.locales import LOCALES, SOURCE

ROOT = Path(__file__).parent.parent.parent
TRANSLATIONS = ROOT / "translations"
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext.babel_extract")]
OPTIONS = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
TARGETS = [tag for tag in LOCALES if tag != SOURCE]


def extracted() -> Catalog:
    """Every text of code and templates, in the order of the files."""
    catalogue = Catalog(project="MRC", charset="utf-8")
    for folder in ("mrc", "templates"):
        found = extract_from_dir(ROOT / folder, METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",))
        for path, _line, message, comments, context in sorted(found, key=lambda item: (item[0], item[1])):
            catalogue.add(message, None, [(f"{folder}/{path}", 0)], auto_comments=comments, context=context)
    return catalogue


def path_of(tag: str, ending: str = "po") -> Path:
    """Where the catalogue of a language lies."""
    return TRANSLATIONS / tag / "LC_MESSAGES" / f"messages.{ending}"


def read(tag: str) -> Catalog:
    """The catalogue of a language; an empty one where there is none yet."""
    path = path_of(tag)
    if not path.exists():
        return Catalog(locale=tag, project="MRC", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=tag)


def update() -> None:
    """Bring every catalogue up to the source and compile it."""
    source = extracted()
    for tag in TARGETS:
        catalogue = read(tag)
        catalogue.update(source, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path = path_of(tag)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_written(catalogue))
    compile_all()


def compile_all() -> None:
    """Write the compiled catalogues beside the sources; they are not committed."""
    for tag in TARGETS:
        if path_of(tag).exists():
            with path_of(tag, "mo").open("wb") as file:
                write_mo(file, read(tag))


def compile_if_older() -> None:
    """Compile the catalogues whose source is newer, so that a fresh clone speaks all languages."""
    for tag in TARGETS:
        source, compiled = path_of(tag), path_of(tag, "mo")
        if source.exists() and (not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime):
            content = BytesIO()
            write_mo(content, read(tag))
            compiled.write_bytes(content.getvalue())


def status() -> Iterator[str]:
    """One line a language: how many of the source's texts are translated."""
    total = len(extracted())
    for tag in TARGETS:
        done = sum(1 for message in read(tag) if message.id and _is_translated(message.string))
        yield f"{tag:6} {done:5} of {total} ({100 * done // max(total, 1)} %)"


def problems() -> list[str]:
    """What does not match: texts missing from a catalogue or no longer in the source, and
    other placeholders.
    """
    wanted = {_key(message) for message in extracted() if message.id}
    found = []
    for tag in TARGETS:
        catalogue = read(tag)
        present = {_key(message) for message in catalogue if message.id}
        if missing := wanted - present:
            found.append(f"{tag}: {len(missing)} texts are missing: run `make translations`")
        if extra := present - wanted:
            found.append(f"{tag}: {len(extra)} texts are not in the source any more: run `make translations`")
        found += [
            f"{tag}: {error}" for message in catalogue if message.id for error in _errors(message, catalogue)
        ]
    return found


def _errors(message: object, catalogue: Catalog) -> list[str]:
    if not _is_translated(message.string):  # type: ignore[attr-defined]
        return []
    return [str(error) for error in message.check(catalogue)]  # type: ignore[attr-defined]


def _is_translated(string: object) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


def _key(message: object) -> object:
    identity = message.id  # type: ignore[attr-defined]
    return tuple(identity) if isinstance(identity, list | tuple) else identity


def _written(catalogue: Catalog) -> bytes:
    content = BytesIO()
    write_po(
        content,
        catalogue,
        width=110,
        no_location=True,
        omit_header=False,
        sort_output=True,
        ignore_obsolete=True,
    )
    lines = content.getvalue().decode().splitlines()
    # Dates and tool versions would change the file without changing a word.
    kept = [
        line
        for line in lines
        if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By'))
    ]
    return ("\n".join(kept) + "\n").encode()


def main() -> int:
    """The command of `make translations` and `make check`."""
    if "--check" not in sys.argv[1:]:
        update()
        return 0
    found = problems()
    sys.stderr.write("".join(f"{problem}\n" for problem in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
