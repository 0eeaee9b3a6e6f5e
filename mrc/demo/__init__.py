"""Synthetic people and cases: a small world for the demo, any number for the benchmark. No real person is in
here.

`world` makes what every installation needs (countries, centres, lists) and the demo's sign-ins and people;
`seed` fills a database fast and the same way for the same number; `supervisor` runs the demo's three
processes. Imported by nothing but the command line and the tests.
"""
