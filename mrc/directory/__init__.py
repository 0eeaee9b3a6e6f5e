"""Partners: who else helps people, with what, whom and where.

A **partner** is an organisation or office with its names, hours and the safe way to refer somebody to it. A
**service offer** says what it does for whom, where, at what cost, and whether there is room. A **focal
point** is who is spoken to there. What a reader may trust is dated: an entry was verified on a day, and asks
to be verified again. `matching` ranks offers for a need and a person and says of each why it fits or does
not; it knows a profile, never a person.

The directory belongs to a country and is read by everybody who works there. May import what lies below:
attachments, accounts, centres, vocab, web, access, audit, jobs, i18n, core.
"""
