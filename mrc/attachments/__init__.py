"""Files that belong to a case: papers, photographs, letters.

A file is known by its content, never by its name or by what the browser says. `cleaning` takes it apart in a
process of its own, with little memory and time and no secret in its surroundings, and puts together anew what
may stay: pictures are painted again, PDFs and Office files are written again without what says who made
them where, without scripts and without other files inside. What comes out is **kept**: sealed on the
disk under a key of its own, with a row that names kind, level and who added it. It is **withdrawn** with a
reason: the key is destroyed in the same transaction, the bytes right after it, and the row stays.

Files lie below cases: who may see one is said where cases are known (`mrc.cases.policy`), and the pages are
theirs. May import what lies below: centres, vocab, web, access, audit, jobs, i18n, core.
"""
