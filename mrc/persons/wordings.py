"""The words that people agree to, by version and language. A version that was read to anybody never changes.

A new wording is a new version at the end of the file; the ledger names the version of each line, so that it
can be shown for ever what somebody agreed to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mrc.persons.states import ConsentPurpose

DATA = Path(__file__).parent / "data" / "consent_wordings.json"
FALLBACK = "en"


@dataclass(frozen=True)
class Wording:
    """One version: what is said before, the sentence of each purpose, and the words on the paper."""

    version: str
    information: Mapping[str, Sequence[str]]
    purposes: Mapping[str, Mapping[str, str]]
    form: Mapping[str, Mapping[str, str]]

    def told(self, language: str) -> Sequence[str]:
        """What is said before anybody agrees: who we are, what is kept, who sees it, their rights."""
        return self.information.get(language) or self.information[FALLBACK]

    def sentence(self, purpose: ConsentPurpose, language: str) -> str:
        """What somebody agrees to, in the first person; English where the language is missing."""
        words = self.purposes[purpose.value]
        return words.get(language) or words[FALLBACK]

    def label(self, name: str, language: str) -> str:
        """A word on the paper."""
        words = self.form[name]
        return words.get(language) or words[FALLBACK]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.information)


@lru_cache(maxsize=1)
def wordings() -> dict[str, Wording]:
    """Every version by its name, oldest first."""
    content = json.loads(DATA.read_text(encoding="utf-8"))
    return {known["version"]: Wording(**known) for known in content["versions"]}


def current_wording() -> Wording:
    """The version that is read out now: the newest."""
    return list(wordings().values())[-1]
