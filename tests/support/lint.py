"""What every page of ours keeps to, checked on each page that a test fetches.

`faults_of(html, headers)` returns one sentence per broken rule. Pages that start with a doctype are checked
whole; the pieces that htmx swaps in are checked for what a piece can get wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as MESSAGES

RIGHT_TO_LEFT = frozenset({"ur", "ps", "fa", "ar", "ckb"})
NONCE = re.compile(r"'nonce-([^']+)'")
NEEDS_NO_LABEL = frozenset({"hidden", "submit", "button", "reset", "image"})
DATA_BLOCKS = frozenset({"application/json", "application/ld+json"})
FIRST_TAG = re.compile(r"\s*<([a-z0-9]+)")
CONTAINERS = {"tr": "tbody", "td": "tr", "th": "tr", "tbody": "table", "thead": "table", "option": "select"}
"""Where a piece belongs that only makes sense inside another element."""
REFERRING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns")


@dataclass(frozen=True)
class Document:
    """A parsed page or piece of one."""

    html: str
    headers: Mapping[str, str]

    @cached_property
    def is_whole(self) -> bool:
        return self.html.lstrip()[:9].lower() == "<!doctype"

    @cached_property
    def _parsed(self) -> tuple[Element, list[str]]:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        first = FIRST_TAG.match(self.html)
        container = CONTAINERS.get(first[1] if first else "", "div")
        if self.is_whole:
            root: Element = parser.parse(self.html)
        else:
            root = parser.parseFragment(self.html, container=container)
        problems = [
            f"line {line}: {MESSAGES.get(code, code) % values}"
            for (line, _column), code, values in parser.errors
        ]
        return root, problems

    @property
    def root(self) -> Element:
        return self._parsed[0]

    @property
    def parse_errors(self) -> list[str]:
        return self._parsed[1]

    @cached_property
    def elements(self) -> list[Element]:
        # html5lib puts comments into the tree under a tag that is a function.
        return [element for element in self.root.iter() if not callable(element.tag)]

    @cached_property
    def ids(self) -> dict[str, Element]:
        return {element.attrib["id"]: element for element in self.elements if "id" in element.attrib}

    @cached_property
    def labelled_ids(self) -> set[str]:
        """The ids that a `label for=` with words in it points to."""
        return {label.get("for", "") for label in self.all("label") if text_of(label)}

    @cached_property
    def inside_labels(self) -> set[Element]:
        return {element for label in self.all("label") if text_of(label) for element in label.iter()}

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    def given_name_of(self, element: Element) -> str:
        """What a screen reader calls an element by its attributes."""
        if labelled_by := element.get("aria-labelledby"):
            return " ".join(text_of(self.ids[key]) for key in labelled_by.split() if key in self.ids)
        return (element.get("aria-label") or element.get("title") or "").strip()

    def name_of(self, element: Element) -> str:
        """What a screen reader calls an element by its attributes or, failing that, by what is in it."""
        pictures = " ".join(part.get("alt") or part.get("aria-label") or "" for part in element.iter())
        return self.given_name_of(element) or f"{text_of(element)} {pictures}".strip()


def text_of(element: Element) -> str:
    """The words inside an element, with single spaces, without what is hidden from screen readers."""
    return " ".join("".join(_texts(element)).split())


def faults_of(html: str, headers: Mapping[str, str]) -> list[str]:
    """One sentence per rule that the page breaks; empty when it is in order."""
    document = Document(html, headers)
    rules = RULES + PAGE_RULES if document.is_whole else RULES
    return [fault for rule in rules for fault in rule(document)]


def _texts(element: Element) -> Iterator[str]:
    if element.get("aria-hidden") == "true":
        return
    yield element.text or ""
    for child in element:
        if not callable(child.tag):
            yield from _texts(child)
        yield child.tail or ""


def _is_valid(document: Document) -> Iterator[str]:
    yield from (f"not valid HTML, {problem}" for problem in document.parse_errors)


def _ids_are_unique(document: Document) -> Iterator[str]:
    counts = Counter(element.attrib["id"] for element in document.elements if "id" in element.attrib)
    yield from (f"id {key!r} stands {count} times" for key, count in counts.items() if count > 1)


def _nothing_is_inline(document: Document) -> Iterator[str]:
    for element in document.elements:
        for attribute in element.attrib:
            if attribute == "style" or attribute.startswith("on"):
                yield f"<{element.tag}> has an inline {attribute}"
    if document.all("style"):
        yield "there is a <style> element"
    for script in document.all("script"):
        if "src" not in script.attrib and script.get("type") not in DATA_BLOCKS:
            yield "there is an inline <script>"


def _scripts_carry_the_nonce(document: Document) -> Iterator[str]:
    policy = document.headers.get("Content-Security-Policy", "")
    nonces = set(NONCE.findall(policy))
    for script in document.all("script"):
        if script.get("nonce") not in nonces:
            yield f"script {script.get('src')} carries no nonce of the Content-Security-Policy"


def _fields_have_labels(document: Document) -> Iterator[str]:
    for field in document.all("input", "select", "textarea"):
        if field.get("type") in NEEDS_NO_LABEL or field.get("id") in document.labelled_ids:
            continue
        if field not in document.inside_labels and not document.given_name_of(field):
            yield f"<{field.tag} name={field.get('name')!r}> has no label"


def _images_have_alternatives(document: Document) -> Iterator[str]:
    yield from (
        f"image {image.get('src')} has no alt" for image in document.all("img") if "alt" not in image.attrib
    )


def _buttons_and_links_have_names(document: Document) -> Iterator[str]:
    for element in document.all("button", "a"):
        if not document.name_of(element):
            yield f"<{element.tag} class={element.get('class')!r} href={element.get('href')!r}> has no name"
    for element in document.all("input"):
        if element.get("type") in {"submit", "button"} and not element.get("value"):
            yield f"<input type={element.get('type')!r}> has no name"


def _has_one_heading(document: Document) -> Iterator[str]:
    if (count := len(document.all("h1"))) != 1:
        yield f"there are {count} h1"


def _title_is_the_heading(document: Document) -> Iterator[str]:
    """The tab shows the heading first. A heading marked `data-personal` must not be in it at all."""
    headings, titles = document.all("h1"), [text_of(title) for title in document.all("title")][:1]
    if not titles or not titles[0]:
        yield "there is no title"
    elif headings and (heading := text_of(headings[0])):
        if "data-personal" in headings[0].attrib:
            if heading in titles[0]:
                yield "the title shows the personal heading"
        elif not titles[0].startswith(heading):
            yield f"the title {titles[0]!r} does not start with the heading {heading!r}"


def _says_its_language(document: Document) -> Iterator[str]:
    language, direction = document.root.get("lang", ""), document.root.get("dir", "")
    expected = "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
    if not language:
        yield "html has no lang"
    if direction != expected:
        yield f"html has dir {direction!r} for language {language!r}"


def _references_lead_somewhere(document: Document) -> Iterator[str]:
    for element in document.elements:
        for attribute in REFERRING:
            for key in element.get(attribute, "").split():
                if key not in document.ids:
                    yield f"<{element.tag}> refers to {key!r} by {attribute}, which is not on the page"


Rule = Callable[[Document], Iterator[str]]

RULES: tuple[Rule, ...] = (
    _is_valid,
    _ids_are_unique,
    _nothing_is_inline,
    _scripts_carry_the_nonce,
    _fields_have_labels,
    _images_have_alternatives,
    _buttons_and_links_have_names,
)
PAGE_RULES: tuple[Rule, ...] = (
    _has_one_heading,
    _title_is_the_heading,
    _says_its_language,
    _references_lead_somewhere,
)
