"""The programs that the tests need, and how Debian and Ubuntu call them.

`python -m tests.support.machine` installs what is missing with apt as root, and otherwise says in one
sentence what to install. It needs no package of ours, because it runs before anything else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SERVICES_STAY_OFF = Path("/usr/sbin/policy-rc.d")
"""Debian asks this script before it starts the service of a package just installed; 101 means no."""


@dataclass(frozen=True)
class Need:
    """One thing the tests use: what to look for, in order, and the package that brings it."""

    package: str
    places: tuple[str, ...]

    def find(self) -> Path | None:
        """The newest match of the first place that has one."""
        for place in self.places:
            if matches := sorted(Path("/").glob(place.lstrip("/")), key=_version):
                return matches[-1]
        return None


POSTGRESQL = Need("postgresql", ("/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb"))
REDIS = Need("redis-server", ("/usr/bin/redis-server", "/usr/local/bin/redis-server"))
RABBITMQ = Need("rabbitmq-server", ("/usr/lib/rabbitmq/bin/rabbitmq-server",))
EPMD = Need("erlang-base", ("/usr/bin/epmd",))
CHROMIUM = Need("chromium", ("/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser"))
ARABIC_FONTS = Need("fonts-noto-core", ("/usr/share/fonts/truetype/noto/NotoNastaliqUrdu-Regular.ttf",))
NEEDS = (POSTGRESQL, REDIS, RABBITMQ, EPMD, CHROMIUM, ARABIC_FONTS)


class ProgramMissing(Exception):
    """A program that a test needs is not on this machine."""


def program(need: Need) -> Path:
    """The path of a needed program. Raises ProgramMissing with what to install."""
    if (found := need.find()) is None:
        raise ProgramMissing(f"{need.package} is not installed: `make test` says how")
    return found


def missing_packages() -> list[str]:
    """The packages still to install, in the order of NEEDS."""
    return [need.package for need in NEEDS if need.find() is None]


def main() -> int:
    """Install what is missing, or say what to install. Returns the exit code."""
    if missing := missing_packages():
        if os.geteuid() == 0 and shutil.which("apt-get"):
            _install(missing)
        if missing := missing_packages():
            sentence = "The tests need programs that are missing here: sudo apt-get install " + " ".join(
                missing
            )
            print(sentence, file=sys.stderr)  # noqa: T201 - this module is a command
            return 1
    return 0


def _install(packages: list[str]) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with _services_stay_off():
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            subprocess.run(
                ["apt-get", "--quiet=2", *arguments], env=environment, check=False, stdin=subprocess.DEVNULL
            )


@contextmanager
def _services_stay_off() -> Iterator[None]:
    """Keep freshly installed servers from starting on their usual ports; the tests start their own."""
    if SERVICES_STAY_OFF.exists():
        yield
        return
    SERVICES_STAY_OFF.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    SERVICES_STAY_OFF.chmod(0o755)
    try:
        yield
    finally:
        SERVICES_STAY_OFF.unlink()


def _version(path: Path) -> tuple[list[int], str]:
    """Sort key by the numbers in a path, so that PostgreSQL 15 comes after 9."""
    return [int(part) for part in path.parts if part.isdigit()], str(path)


if __name__ == "__main__":
    sys.exit(main())
