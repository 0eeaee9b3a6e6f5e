"""PostgreSQL, Redis and RabbitMQ for one test run: private, on free ports, started when first asked for.

All workers of a run share them. What is started is written down beside its lock in the run's folder, and
`Services.stop_all`, called once where the run began, ends it by pid.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.support.machine import EPMD, POSTGRESQL, RABBITMQ, REDIS, program
from tests.support.processes import (
    LOOPBACK,
    answers,
    free_port,
    own_folder,
    run,
    start,
    stop,
    unprivileged_user,
    wait_until,
)

ENOUGH_MEMORY = 4 * 2**30
"""Bytes free in /dev/shm from which on the servers keep their data in memory."""
FAST_NOT_SAFE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "listen_addresses": LOOPBACK,
    "dynamic_shared_memory_type": "mmap",  # in the data folder, so that it goes with it
}
"""A test database that a power cut destroys is made again."""
DURABLE = {
    "max_connections": "60",
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "listen_addresses": LOOPBACK,
    "dynamic_shared_memory_type": "mmap",
}
"""What a centre's server would have: every commit is on the disk before it is answered."""


@dataclass(frozen=True)
class Service:
    """A running server: where it listens, the leaders of the process groups to end, in order, and how."""

    name: str
    port: int
    pids: tuple[int, ...]
    stop_signal: int = signal.SIGTERM


class Services:
    """The servers of one run, by its folder. Every worker makes its own view of the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def begin(cls) -> Services:
        """Make the folder of a new run, in memory where there is room; server accounts may enter it."""
        memory = Path("/dev/shm")
        roomy = memory.is_dir() and shutil.disk_usage(memory).free > ENOUGH_MEMORY
        folder = Path(tempfile.mkdtemp(prefix="mrc-tests-", dir=memory if roomy else None))
        folder.chmod(0o711)
        return cls(folder)

    def postgresql_url(self, database: str = "postgres") -> str:
        """The URL of a database on the run's PostgreSQL; starts it when nobody has yet."""
        service = self._shared("postgresql", start_postgresql)
        return f"postgresql://mrc@{LOOPBACK}:{service.port}/{database}"

    def redis_url(self) -> str:
        """The broker URL of the run's Redis; starts it when nobody has yet."""
        return f"redis://{LOOPBACK}:{self._shared('redis', _start_redis).port}/0"

    def rabbitmq_url(self) -> str:
        """The broker URL of the run's RabbitMQ; starts it when nobody has yet."""
        return f"amqp://guest:guest@{LOOPBACK}:{self._shared('rabbitmq', _start_rabbitmq).port}//"

    def stop_all(self) -> None:
        """End every server of the run and delete its folder."""
        for record in self.folder.glob("*.json"):
            service = Service(**json.loads(record.read_text()))
            for pid in service.pids:
                stop(pid, first=service.stop_signal)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _shared(self, name: str, begin: Callable[[Path], Service]) -> Service:
        record = self.folder / f"{name}.json"
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if record.exists():
                return Service(**json.loads(record.read_text()))
            service = begin(self.folder)
            record.write_text(json.dumps(asdict(service)))
            return service


def start_postgresql(folder: Path, *, settings: Mapping[str, str] = FAST_NOT_SAFE) -> Service:
    """Start a cluster of our own in the folder, made in C.UTF-8 if it is not there.

    In the locale C, pg_trgm sees no Arabic at all.
    """
    programs = program(POSTGRESQL).parent
    user = unprivileged_user("postgres")  # PostgreSQL refuses to run as root.
    home, port, log = own_folder(folder / "postgresql", user), free_port(), folder / "postgresql.log"
    data = home / "data"
    encoding = ["--locale=C.UTF-8", "--encoding=UTF8"]
    cluster: list[str | Path] = ["--pgdata", data, "--username=mrc", "--auth=trust", "--no-sync", *encoding]
    if not (data / "PG_VERSION").exists():
        run([programs / "initdb", *cluster], user=user, cwd=home)
    given = [f"--{name}={value}" for name, value in settings.items()]
    process = start(
        [programs / "postgres", "-D", data, "-p", str(port), "-k", home, *given],
        log=log,
        cwd=home,
        user=user,
    )
    ready = ["--host", LOOPBACK, "--port", str(port), "--username", "mrc", "--dbname", "postgres", "--quiet"]
    wait_until(lambda: _succeeds(programs / "pg_isready", *ready), process, log)
    # PostgreSQL waits for its clients at SIGTERM; SIGINT sends them away.
    return Service("postgresql", port, (process.pid,), signal.SIGINT)


def _start_redis(folder: Path) -> Service:
    user = unprivileged_user("redis")
    home, port, log = own_folder(folder / "redis", user), free_port(), folder / "redis.log"
    settings: list[str | Path] = [
        "--port",
        str(port),
        "--bind",
        LOOPBACK,
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        home,
    ]
    process = start([program(REDIS), *settings], log=log, cwd=home, user=user)
    wait_until(lambda: answers(port), process, log)
    return Service("redis", port, (process.pid,))


def _start_rabbitmq(folder: Path) -> Service:
    """A node with its own name, ports, cookie and port mapper: it meets no other node of the machine."""
    user = unprivileged_user("rabbitmq")
    home, port, log = own_folder(folder / "rabbitmq", user), free_port(), folder / "rabbitmq.log"
    mapper_port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "ERL_EPMD_ADDRESS": LOOPBACK,
        "ERL_EPMD_PORT": str(mapper_port),
        "RABBITMQ_NODENAME": f"mrc-tests-{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq"),
        "RABBITMQ_CONF_ENV_FILE": str(home / "none"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }
    mapper = start(
        [program(EPMD), "-address", LOOPBACK, "-port", str(mapper_port)],
        log=log,
        cwd=home,
        environment=environment,
        user=user,
    )
    wait_until(lambda: answers(mapper_port), mapper, log)
    node = start([program(RABBITMQ)], log=log, cwd=home, environment=environment, user=user)
    wait_until(lambda: _speaks_amqp(port), node, log)
    return Service("rabbitmq", port, (node.pid, mapper.pid))


def _succeeds(*command: str | Path) -> bool:
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode == 0


def _speaks_amqp(port: int) -> bool:
    """True once the broker answers the protocol header with its Connection.Start frame."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=2) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return connection.recv(1) == b"\x01"
    except OSError:
        return False
