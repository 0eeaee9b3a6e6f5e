"""Consultations and cases: what was asked, what was told, and what is followed over time.

A **consultation** is one encounter: a call, a visit, a WhatsApp exchange. Person and case are optional, so
that anonymous enquiries count. A **case** is a person's matter in one centre, with a number such as
`LHE-2026-000123-K`, a counsellor, a confidentiality level, **needs** and **notes**; its states stand in
`states.CASE` and are moved by `mrc.core.states.move` alone. A note is never changed: a correction is a new
note.

What lives in a case follows its confidentiality; the person's file and threads are kept in step with the most
protected of the person's cases.

May import what lies below it: hotline, messaging, persons, tasks, directory and everything under them.
"""
