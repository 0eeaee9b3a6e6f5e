"""A process of the small world: `python -m tests.jobs.process` works until it is told to stop.

With names behind it, it enqueues a note for each and ends. The driver is Celery when MRC_BROKER_URL is set.
"""

from __future__ import annotations

import sys
import types
from datetime import timedelta
from pathlib import Path

# The queue needs nothing above it. Without the rest of the house a worker starts in a third of a second,
# so that the tests can afford to kill many.
HOUSE = types.ModuleType("mrc")
HOUSE.__path__ = [str(Path(__file__).parents[2] / "mrc")]
sys.modules["mrc"] = HOUSE

import config  # noqa: E402
from mrc.core.db import db  # noqa: E402
from mrc.core.logs import init_logs  # noqa: E402
from mrc.jobs import carrier, worker  # noqa: E402
from mrc.jobs.service import enqueue  # noqa: E402
from mrc.jobs.worker import Rhythm  # noqa: E402
from tests.jobs.small_world import make_app  # noqa: E402

HASTY = Rhythm(lease=timedelta(seconds=1), poll_seconds=0.05, upkeep_seconds=0.2, grace_seconds=3)


def main(*names: str) -> None:
    """Enqueue a note for each name, or work when there is none."""
    init_logs()
    app = make_app(config.from_environment())
    if names:
        with app.app_context():
            for name in names:
                enqueue("test.note", {"name": name})
            db.session.commit()
    elif app.extensions["mrc_settings"].broker_url:
        carrier.run(app, rhythm=HASTY)
    else:
        worker.run_forever(app, rhythm=HASTY)


if __name__ == "__main__":
    main(*sys.argv[1:])
