"""`python -m mrc.simulator --port 8001`"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from types import FrameType

import structlog

from mrc.core.logs import init_logs
from mrc.simulator.server import Server
from mrc.simulator.settings import SetupRefused, from_environment


def main() -> int:
    """Serve until Ctrl-C or a polite signal; 2 when the environment does not say enough."""
    parser = argparse.ArgumentParser(prog="python -m mrc.simulator", description="Phones and a carrier.")
    parser.add_argument("--host", default="127.0.0.1", help="address (default: this machine only)")
    parser.add_argument("--port", type=int, default=8001, help="port to listen on (default: 8001)")
    arguments = parser.parse_args()
    init_logs()
    try:
        server = Server(from_environment(os.environ), host=arguments.host, port=arguments.port)
    except SetupRefused as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - the operator's line
        return 2
    except OSError as problem:
        print(f"Port {arguments.port} cannot be used: {problem.strerror}.", file=sys.stderr)  # noqa: T201
        return 1
    signal.signal(signal.SIGTERM, _stop)
    structlog.get_logger().info("simulator started", port=arguments.port)
    try:
        server.serve()
    except KeyboardInterrupt:
        structlog.get_logger().info("simulator stopped", port=arguments.port)
    return 0


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
