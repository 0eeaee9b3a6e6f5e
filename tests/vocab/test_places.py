"""Districts by p-code are loaded from the official lists, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from mrc.access.identity import Identity
from mrc.core.db import db
from mrc.core.errors import Refused
from mrc.vocab.places import load_places
from mrc.vocab.queries import choices, label
from mrc.vocab.service import load_shipped

SYSTEM = Identity.system("tests")
TABLE = "code,parent,en,ur\nPK601,PK6,Attock,اٹک\npk60101, pk601 ,Fateh Jang,\nIQG01Q01,IQG01,A qadha,\n"


def loaded(folder: Path, text: str, encoding: str = "utf-8") -> int:
    table = folder / "places.csv"
    table.write_text(text, encoding=encoding)
    return load_places(table, by=SYSTEM)


def test_places_stand_below_their_province_and_stay(context: Flask, tmp_path: Path) -> None:
    assert loaded(tmp_path, TABLE, "utf-8-sig") == 3
    db.session.commit()
    offered = [choice.code for choice in choices("districts", "PK")]
    assert offered[-2:] == ["PK601", "PK60101"]
    assert "IQG01Q01" not in offered
    assert label("districts", "PK60101") == "Fateh Jang"
    load_shipped()
    assert loaded(tmp_path, TABLE.replace("Attock", "Attock District")) == 3
    assert label("districts", "PK601") == "Attock District"
    assert [choice.code for choice in choices("districts", "PK")] == offered


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "needs the columns"),
        ("code,en\nPK601,Attock\n", "needs the columns"),
        ("code,parent,en\nPK601,PK6,Attock\nPK6 01,PK6,Two\n", "Line 3: 'PK6 01' is no p-code"),
        ("code,parent,en\nPK601,PK99,Attock\n", "Line 2: the parent 'PK99' is not known"),
        ("code,parent,en\nPK601,PK6,\n", "Line 2: the English name is missing"),
    ],
)
def test_a_wrong_file_changes_nothing(context: Flask, tmp_path: Path, text: str, said: str) -> None:
    before = choices("districts", "PK")
    with pytest.raises(Refused, match=said):
        loaded(tmp_path, text)
    db.session.rollback()
    assert choices("districts", "PK") == before


def test_a_file_that_is_no_text_is_refused(context: Flask, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no CSV file"):
        loaded(tmp_path, TABLE, "utf-16")
