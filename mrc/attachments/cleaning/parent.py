"""Starting the process that cleans a file, and understanding what it answers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

from mrc.attachments.cleaning.answers import Clean, Fault, Unfit
from mrc.core.errors import Unavailable

PACKAGE = Path(__file__).parents[2]
BEGIN = (
    "import sys, types; house = types.ModuleType('mrc'); house.__path__ = [sys.argv[1]]; "
    "sys.modules['mrc'] = house; from mrc.attachments.cleaning.child import main; main()"
)
"""The house stands empty in that process: importing it would load all of it, settings and keys included."""
MOST_SECONDS = 30
AT_ONCE = BoundedSemaphore(2)
"""Each may take a gigabyte for a moment."""


def clean_apart(data: bytes) -> Clean:
    """Clean a file in a process of its own. Raises Unfit, or Unavailable where too many wait already."""
    if not AT_ONCE.acquire(timeout=MOST_SECONDS):
        raise Unavailable
    try:
        # Our own interpreter and our own words; the stranger's bytes are on its standard input.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-c", BEGIN, str(PACKAGE)],
            input=data, capture_output=True, timeout=MOST_SECONDS, env={}, cwd="/", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unfit(Fault.FLOOD) from None
    finally:
        AT_ONCE.release()
    if done.returncode:
        # It ran out of time or memory, or a reader stumbled in a way nobody foresaw.
        raise Unfit(Fault.FLOOD if done.returncode < 0 else Fault.DAMAGED)
    return _understood(done.stdout)


def _understood(answer: bytes) -> Clean:
    line, _end, rest = answer.partition(b"\n")
    said = json.loads(line)
    if "fault" in said:
        raise Unfit(Fault(said["fault"]))
    length, small = said["lengths"]
    return Clean(
        said["type"],
        rest[:length],
        preview=rest[length : length + small] if small else None,
        pages=said["pages"],
        width=said["width"],
        height=said["height"],
    )
