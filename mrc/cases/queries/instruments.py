"""The shipped instruments of assessment: questions, answers and points as data, with their source.

A file of `mrc/cases/data` is one version of one instrument. What we drafted ourselves says `local`:
its points are no official score. Words fall back to English where a language is missing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask_babel import get_locale

from mrc.cases.states import Grade
from mrc.core.errors import NotFound

DATA = Path(__file__).parent.parent / "data"
SHIPPED = ("vulnerability", "risk", "trafficking_screening")
SOURCE_LANGUAGE = "en"
Words = Mapping[str, str]
Results = dict[str, dict[str, int]]
"""Dimension → `risk`, `protective` (points), `answered` and `asked` (items)."""


@dataclass(frozen=True)
class Item:
    """One closed question. `side` is risk or protective; a grave one alone suggests the highest level."""

    code: str
    side: str
    labels: Words
    is_grave: bool = False

    @property
    def label(self) -> str:
        return _said(self.labels)


@dataclass(frozen=True)
class Dimension:
    """Questions that are counted together."""

    code: str
    labels: Words
    items: tuple[Item, ...]

    @property
    def label(self) -> str:
        return _said(self.labels)


@dataclass(frozen=True)
class Answer:
    """One answer that every question offers; without points it does not count as answered."""

    code: str
    labels: Words
    points: int | None

    @property
    def label(self) -> str:
        return _said(self.labels)


@dataclass(frozen=True)
class Instrument:
    """One version of an instrument. A screening counts indicators and suggests nothing."""

    code: str
    version: str
    is_screening: bool
    confidentiality: int
    review_days: int
    labels: Words
    source: str
    status: str
    answers: tuple[Answer, ...]
    dimensions: tuple[Dimension, ...]
    thresholds: Mapping[str, int]
    """Share of the possible points of risk, in percent, from which medium and high are suggested."""

    @property
    def label(self) -> str:
        return _said(self.labels)

    def results_of(self, answers: Mapping[str, str]) -> Results:
        """The points of each dimension: small whole numbers, nothing weighed against each other."""
        points = {answer.code: answer.points for answer in self.answers}
        results: Results = {}
        for dimension in self.dimensions:
            counted = {"risk": 0, "protective": 0, "answered": 0, "asked": len(dimension.items)}
            for item in dimension.items:
                value = points.get(answers.get(item.code, ""))
                if value is not None:
                    counted[item.side] += value
                    counted["answered"] += 1
            results[dimension.code] = counted
        return results

    def suggest(self, answers: Mapping[str, str]) -> Grade | None:
        """What the points suggest; None for a screening, and while nothing is answered."""
        items = [item for dimension in self.dimensions for item in dimension.items if item.side == "risk"]
        points = {answer.code: answer.points for answer in self.answers}
        given = [(item, points.get(answers.get(item.code, ""))) for item in items]
        known = [(item, value) for item, value in given if value is not None]
        if self.is_screening or not known:
            return None
        most = max(answer.points or 0 for answer in self.answers)
        if any(item.is_grave and value == most for item, value in known):
            return Grade.HIGH
        share = 100 * sum(value for _item, value in known) // (most * len(known))
        if share >= self.thresholds["high"]:
            return Grade.HIGH
        return Grade.MEDIUM if share >= self.thresholds["medium"] else Grade.LOW


def list_instruments() -> tuple[Instrument, ...]:
    """Every shipped instrument, in the order in which they are offered."""
    return tuple(_read(code) for code in SHIPPED)


def get_instrument(code: str) -> Instrument:
    """The instrument of this code. Raises NotFound."""
    if code not in SHIPPED:
        raise NotFound
    return _read(code)


@lru_cache(maxsize=len(SHIPPED))
def _read(code: str) -> Instrument:
    content: dict[str, Any] = json.loads((DATA / f"{code}.json").read_text(encoding="utf-8"))
    return Instrument(
        code=content["code"],
        version=content["version"],
        is_screening=content["kind"] == "screening",
        confidentiality=content["confidentiality"],
        review_days=content["review_days"],
        labels=content["labels"],
        source=content["source"],
        status=content["status"],
        answers=tuple(
            Answer(name, answer["labels"], answer["points"]) for name, answer in content["answers"].items()
        ),
        dimensions=tuple(_dimension(part) for part in content["dimensions"]),
        thresholds=content["thresholds"],
    )


def _dimension(content: Mapping[str, Any]) -> Dimension:
    items = tuple(
        Item(item["code"], item["side"], item["labels"], item.get("grave", False))
        for item in content["items"]
    )
    return Dimension(content["code"], content["labels"], items)


def _said(labels: Words) -> str:
    return labels.get(str(get_locale() or SOURCE_LANGUAGE)) or labels[SOURCE_LANGUAGE]
