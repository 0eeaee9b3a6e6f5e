"""The speed that was promised, measured from outside: `make bench` (`python -m tests.bench`).

An installation of its own is made (PostgreSQL with its durable settings, or the embedded SQLite), seeded with
`BENCH_PERSONS` persons by `mrc seed`, and served by `mrc serve` with two processes. A client signs in and
asks over loopback HTTP, a connection for each request. Every figure is one line: name, value, unit, goal, and
whether it was met. The floor, a bare Flask page with one query of 25 rows behind the same server and
driver, is measured in the same run.

    BENCH_PERSONS=300000 BENCH_DB=postgresql make bench
    BENCH_PERSONS=30000 BENCH_DB=sqlite make bench
    BENCH_ONLY=case_list,inbox          measure only these pages
    BENCH_HOME=<folder>                 keep the seeded database there and use it again
"""
