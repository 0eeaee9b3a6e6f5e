"""Accounts: who signs in, with which roles where, in which sessions.

A **user** holds **roles** in scopes (a centre, a country, everywhere). A **link** handed over by a
colleague lets them choose their password; nobody else ever learns or chooses it. A **session** is the hash
of an opaque id in a table: it ends 15 minutes after its last request on a shared desk (up to 8 hours on a
device of one's own), after 12 hours whatever happens, and at once when somebody ends it or locks the
account. Roles count from the next request.

States of an account, derived from its columns: invited → active ⇄ locked. Accounts are never deleted.

**Guessing** is slow, and slows nobody but the guesser. Each attempt is charged before its password is
hashed:

- from a place where this account signed in within 180 days (a device known by its cookie, else the network,
  /24 or /56), only that place counts: 3 attempts are free, then 10 s, 20 s, 40 s … up to 15 minutes; a day
  forgets;
- from any other place, that delay; and a budget of the account (6 at once, then one per 5 minutes); and a
  budget of the network over all accounts (30 at once, then one per 10 seconds). A complete sign-in takes
  its charge back.

So at most 6 guesses a minute at one account reach the hash from strange places, and hammering all usernames
from elsewhere never stops a colleague on a known device or network. Someone on a new device whose account
is under fire gets a link from a manager: using it makes the device known. Codes of the second factor are
counted like passwords, and a right password does not reset the count before the code is right too. Every
failure looks the same, and a name that does not exist costs as much time as one that does.

A colleague's hand: a manager (`account_lock`) locks anybody of the own centre but an administrator, and
hands out a link to whoever has roles in that centre alone. A lost second factor is taken away by an
administrator only. Nobody changes their own rights, and the last administrator stays.

Imports centres and what lies below; attachments are a sibling.
"""
