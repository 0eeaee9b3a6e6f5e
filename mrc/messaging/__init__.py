"""Conversations with the people we serve, over WhatsApp and SMS.

A **thread** is the conversation of one centre with one **address** over one line. What comes in: the webhook
checks the signature before anything else, stores the form once (the provider's id is unique) and files it as
a **message**; what came to a line that we do not know is kept in quarantine. When the database is away the
sealed form goes to a file and is filed later. What goes out: `reply` writes a queued message and a job; the
job says `sending`, commits, calls the provider with nothing held, and stores what came of it. A crash or a
time-out in between is `unknown`: the provider's own list decides, never a blind second try. Delivery reports
only ever raise the rank.

`gateway` holds the wire format and nothing else, `codes` what the provider's error codes mean for us.
"""
