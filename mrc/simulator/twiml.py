"""What the application answers to a call: a document of verbs, read and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

VERBS = frozenset({
    "Play", "Say", "Pause", "Gather", "Record", "Dial", "Enqueue", "Leave", "Redirect", "Reject", "Hangup",
})  # fmt: skip
IN_GATHER = frozenset({"Play", "Say", "Pause"})
IN_DIAL = frozenset({"Number", "Queue", "WhatsApp"})
LARGEST = 64 * 1024
NOT_XML, NOT_A_RESPONSE, BAD_VERB, TOO_LARGE = 12100, 12100, 12200, 11750


class NotTwiml(Exception):
    """The answer is no document that can be carried out; `code` is Twilio's number for it."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Verb:
    """One verb or noun, with what stands in it."""

    name: str
    text: str
    attributes: tuple[tuple[str, str], ...]
    inside: tuple[Verb, ...]
    base: str
    """The address of its document, from which relative addresses are counted."""

    def get(self, name: str, otherwise: str = "") -> str:
        return dict(self.attributes).get(name, otherwise)

    def seconds(self, name: str, otherwise: float) -> float:
        text = self.get(name)
        return float(text) if text.isdecimal() else otherwise

    def address(self, name: str) -> str:
        """An address in an attribute, whole; empty without one."""
        value = self.get(name).strip()
        return urljoin(self.base, value) if value else ""

    def is_set(self, name: str, *, otherwise: bool = False) -> bool:
        value = self.get(name).lower()
        return value == "true" if value else otherwise


@dataclass(frozen=True)
class Document:
    url: str
    verbs: tuple[Verb, ...]


def read_twiml(text: str, url: str) -> Document:
    """Read an answer; an empty one has no verbs. Raises NotTwiml."""
    if not text.strip():
        return Document(url, ())
    # The size is limited before parsing and the document is the application's own, so no bomb is expected.
    if len(text) > LARGEST or "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NotTwiml(TOO_LARGE)
    try:
        root = ET.fromstring(text)  # noqa: S314 - see above
    except ET.ParseError:
        raise NotTwiml(NOT_XML) from None
    if root.tag != "Response":
        raise NotTwiml(NOT_A_RESPONSE)
    verbs = _verbs(root, url)
    _check(verbs, VERBS)
    return Document(url, verbs)


def _verbs(parent: ET.Element, base: str) -> tuple[Verb, ...]:
    return tuple(
        Verb(
            str(each.tag),
            "".join(each.itertext()).strip(),
            tuple(each.attrib.items()),
            _verbs(each, base),
            base,
        )
        for each in parent
    )


def _check(verbs: Sequence[Verb], allowed: frozenset[str]) -> None:
    for verb in verbs:
        if verb.name not in allowed:
            raise NotTwiml(BAD_VERB)
        if verb.name == "Gather":
            _check(verb.inside, IN_GATHER)
        if verb.name == "Dial":
            _check(verb.inside, IN_DIAL)
