"""Who a person is, how they may be reached, what they agreed to.

A **person** belongs to one centre and has the names of the document, in the original script and in Latin. All
names but one are optional: nobody needs a surname. An **address** is a way to reach someone; persons and
addresses are many to many, because phones are shared. The **contact plan** stands on the pair and is enforced
by the sender. A **consent** is a line in a ledger: withdrawn, never changed.

Identifying text is sealed. Names are found through `NameKey`: keyed hashes of a key that is one across
scripts and spellings. Sharing a key makes a person a candidate; `matching` opens the candidates and ranks
them; a person decides. Registering searches first, in the same transaction.

May import what lies below it: tasks, directory, accounts, centres, vocab, web, access, audit, jobs, i18n,
core. Pages of higher packages show themselves on a person's page through `panels`.
"""
