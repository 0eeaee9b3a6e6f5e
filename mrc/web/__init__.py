"""The life of a request, and what every page and form stands on.

`life` runs it: request id, identity, a transaction that may only read for GET, the answer's headers, the log
line. `commits` is the one place where a request commits: it knows the operation id (a second click gets the
first answer) and the version of the edited row (a stale write is merged or shown side by side). `drafts`
keeps what is being typed. `errors` turns whatever went wrong into a page that says what happened, what was
kept and what to do. `forms` and `fields` clean and understand what people type.
"""
