"""Who may do what, to which record, and why.

A decision is permission × scope × confidentiality × relation to the record × live grant.

- `permissions` names every right, `roles` gives them to people in a scope (a centre, a country, everywhere).
- `identity` is the person behind a request: a frozen value, never a database row.
- `policy` holds one rule per resource, used twice: `permits(row)` for an object and `visible(query)` for a
  list. A property test proves that both agree.
- `guards` sits on every endpoint; the application does not start while one names no permission.
- `grants` are break-glass openings: one record, one person, four hours, a typed reason, reviewed.

What a reader may not see answers exactly like what does not exist.
"""
