"""What happened, who did it, to which record: append-only, in the same transaction as the act.

`service.record()` queues an event on the session and writes it last before the commit, so that the lock on
the chain is short; if it cannot be written, the act fails. `service.record_read()` does the same for reads:
the row is committed before the answer leaves. Every centre has its own chain of HMACs with a key that the
owner of the database lacks; `chain.verify()` names the first row that was edited, deleted, inserted or moved.

An event holds ids, codes, counts and field names. Old and new values are sealed, so that the log can be read
by an auditor who may not read a case, and so that erasing a person does not break the chain.
"""
