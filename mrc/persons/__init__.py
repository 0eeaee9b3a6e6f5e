"""Who a person is, how they may be reached, what they agreed to.

A **person** belongs to one centre and has the names of the document, in the original script and in Latin. All
names but one are optional: nobody needs a surname. An **address** is a way to reach someone; persons and
addresses are many to many, because phones are shared. The **contact plan** stands on the pair and is enforced
by the sender: safe hours in the person's own time zone, who else reads it, the words agreed on. A **consent**
is a line in a ledger, with the version of the words that were read out (`wordings`): withdrawn, never
changed, and from then on nothing that needs it is done. An **identity document** has a number that is masked
everywhere, shown by a logged act, found by a blind index; a number that looks unusual is kept on purpose
(`formats`). A **relation** stands between two persons and says, where it is so, that one decides for the
other; a **household** is who lives together. Whoever may not see a relative sees no trace of them.

Registration has two steps: quick, then full, in as many sittings as people like. What a country or centre
needs, may ask or leaves out is data (`rules`); it never stops anybody from saving, it says what is missing.

Identifying text is sealed. Names are found through `NameKey`: keyed hashes of a key that is one across
scripts and spellings. Sharing a key makes a person a candidate; `matching` opens the candidates and ranks
them; a person decides. Registering searches first, in the same transaction.

May import what lies below it: tasks, directory, accounts, centres, vocab, web, access, audit, jobs, i18n,
core. Pages of higher packages show themselves on a person's page through `panels`.
"""
