"""The one registry of what is counted; `/metrics` prints it. Labels are codes and states, never a person."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

METRICS = CollectorRegistry()
