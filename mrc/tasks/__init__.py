"""What has to be done, by whom and by when; what everybody must know before they do it.

A **task** is a row with an assignee, a due time and a source: written by hand, made by a **rule** ("call
back 3 days after no answer"), by repetition, or handed over while somebody is on leave. A rule never makes
the same task twice: its dedupe key names what it was made for. An **absence** says who is away, until when,
and who stands in. A **flag** is an instruction on a person or case ("interpreter needed") that expires by
itself.

Tasks lie below persons and cases: they know their keys and confidentiality, never their content. Who may see
a task is said where cases are known (`mrc.cases.policy`), and the pages belong to the desk. May import what
lies below: accounts, centres, vocab, web, access, audit, jobs, i18n, core.
"""
