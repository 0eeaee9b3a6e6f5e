"""Code lists as data: topics, outcomes, districts and the rest, translated, per country, retired and never
deleted.

A **code** is stable and stands in other tables; its **labels** may be changed by an administrator, which
raises its version. Shipped lists lie in `data/`, one file a list; loading them again adds what is new and
never overwrites a label that was changed here. Countries come from Babel's territories, so only their codes
are stored anywhere.
"""
