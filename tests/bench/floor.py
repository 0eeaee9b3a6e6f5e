"""The floor: what the server, the driver and the framework cost before we do anything ourselves."""

from __future__ import annotations

import os
import sqlite3
from typing import Any

import psycopg
from flask import Flask, render_template_string

from mrc.web.server import serve_application

ROWS = 25
TEMPLATE = (
    "<!doctype html><title>Floor</title>{% for row in rows %}<p>{{ row[0] }} {{ row[1] }}</p>{% endfor %}"
)


def build() -> Flask:
    """A page with one query of 25 rows."""
    app = Flask("floor")
    url = os.environ.get("MRC_DATABASE_URL", "")
    connection: Any = psycopg.connect(url, autocommit=True) if url else sqlite3.connect(":memory:")
    query = (
        "SELECT n, n * 2 FROM (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 25) "
    )
    query += "SELECT n FROM c) AS numbers ORDER BY n"

    @app.get("/")
    def page() -> str:
        rows = connection.execute(query).fetchall()
        assert len(rows) == ROWS
        return render_template_string(TEMPLATE, rows=rows)

    return app


if __name__ == "__main__":
    serve_application(build, bind=f"127.0.0.1:{os.environ['PORT']}", workers=2)
