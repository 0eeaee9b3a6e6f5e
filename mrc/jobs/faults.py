"""Named places at which a test may have a process die as from a power cut. Outside tests they do nothing.

The queue's own places are named in `worker`, and in `carrier` the one between a commit and its telling.
"""

from __future__ import annotations

import os
import signal

from mrc.core.settings import settings


def crash_at(point: str) -> None:
    """Kill this process, without any clean-up, when MRC_CRASH_AT names the point; refused in production."""
    if settings().crash_at == point:
        os.kill(os.getpid(), signal.SIGKILL)
