"""Looking over the system's shoulder: the audit log, break-glass, jobs, health.

**Break-glass** opens one protected case to one person for four hours, with a typed reason. The manager of the
centre sees it at once and reviews it; until then it stands on their list. Sealed cases are never opened this
way: their existence is hidden, and a wrong or hidden number gets the same answer.

The audit log shows who did what to which record, never content. Health is asked by machines: `/healthz` says
that the process is up, `/readyz` that database, migrations and keys are, `/metrics` counts.
"""
