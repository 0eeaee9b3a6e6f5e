"""Work that must happen after a commit, once, whatever dies in between.

A **job** is a row written in the transaction that gives the reason for it (`service.enqueue`), so both are
kept or neither. The table is the outbox and the only truth; two **drivers** run the same registered
functions: *local* (`worker.run_forever` asks the table) and *Celery* (`carrier.run`, told ids by a broker
that may lose them all).

A **kind** is a name and a function, `@job("messaging.send")` in a package's `jobs` room (`registry`). The
worker **claims** a row for the length of a **lease**, commits that, runs the function and commits its effect
together with `done`. Whoever dies leaves a lease that runs out; whoever comes late finds that the claim is no
longer theirs and commits nothing (`leases`). So an effect in the database happens once. Five failures
**park** a job until a person looks at it. States: `queued → running → done`, back to `queued` after a failure
or a lost lease, `parked`, `cancelled`.

**Effects outside the database** need two transactions with nothing held between them. Such a handler is a
generator: each `yield` commits what was done so far and gives the connection back.

    @job("messaging.send")
    def send(payload: Payload) -> Iterator[None]:
        request = begin_sending(payload["message_id"])  # sets 'sending'; found so after a crash: unknown
        yield                                           # committed; no connection, no lock, no live row
        answer = gateway.send(request)                  # plain values only
        store_answer(payload["message_id"], answer)     # commits together with 'done'

A crash runs a generator again from its start, never from the yield, so its first step must read from its own
rows how far the last try came. Rows do not live across a yield: reading one there raises instead of quietly
taking a connection (on SQLite the write lock of the whole house) into a call that may last seconds.

Payloads hold ids and codes, never what people said: they are kept in plain and shown to operators. The
package imports `core` and `i18n` alone and knows no domain word.
"""
