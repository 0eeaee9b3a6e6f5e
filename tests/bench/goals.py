"""What was promised for each figure, and the line it is printed on."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

GOALS: dict[str, float] = {
    "case_list_p50": 15, "name_search_p50": 40, "case_open_p50": 25, "consultation_create_p50": 9,
    "my_day_p50": 20, "inbox_p50": 15, "long_case_open_p50": 30, "webhook_rate": 200, "webhook_p99": 500,
    "seed_rate": 2_000, "worker_rss": 120, "browse_p95": 400, "answer_p95": 3_000,
}  # fmt: skip
"""Milliseconds, requests a second, persons a second, megabytes: see the unit of each line."""
AT_LEAST = frozenset({"webhook_rate", "seed_rate"})
"""More is better."""
MOST_FLOORS = 25
"""List, open and inbox stay within so many times the floor."""
COMPARED_WITH_FLOOR = ("case_list", "case_open", "inbox")
SPREAD = 2.5
"""p95 is at most so many times p50."""


@dataclass(frozen=True)
class Figure:
    """One measured value."""

    name: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def line(self) -> str:
        """`name value unit goal met|short`, with dashes where nothing was promised."""
        if self.goal is None:
            return f"{self.name} {self.value:.1f} {self.unit} - -"
        is_met = self.value >= self.goal if self.name in AT_LEAST else self.value <= self.goal
        return f"{self.name} {self.value:.1f} {self.unit} {self.goal:g} {'met' if is_met else 'short'}"


def figure(name: str, value: float, unit: str) -> Figure:
    """A value with the goal of its name, if it has one."""
    return Figure(name, value, unit, GOALS.get(name))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so great a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def of_page(name: str, alone: Sequence[float], together: Sequence[float]) -> list[Figure]:
    """The figures of a page from its times in milliseconds: with one client, and with eight."""
    p50 = statistics.median(alone)
    return [
        figure(f"{name}_p50", p50, "ms"),
        Figure(f"{name}_p95", percentile(alone, 0.95), "ms", round(SPREAD * p50, 1)),
        figure(f"{name}_c8_p50", statistics.median(together), "ms"),
    ]


def against_floor(page: str, p50: float, floor: float) -> Figure:
    """How many times the floor a page takes."""
    return Figure(f"{page}_floors", p50 / floor, "x", MOST_FLOORS)
