"""Calls to a centre's voice line, from the first ring to the call back.

A **line** of kind voice has a **menu** (languages in the order of their keys, consent notice, voicemail),
recorded **prompts** per language, and people on **duty** whose phones are rung. The provider asks at every
step what to do next; each question is checked by its signature, written down once as an **event** of the
**call**, and answered in TwiML. What a call is (`states.derive`) follows from its events in whatever order
they came: once we answered, the provider calls every call "completed", whether anybody spoke to the caller
or not.

A call that nobody served makes one open **callback** per caller and line, with a time by which it is due on
the centre's working clock. It is closed by a successful call back or by hand. A caller without a number
that can be rung gets a callback for each call, because nobody knows whether they are the same.

When the database is away, the form goes to a sealed file and the caller may leave a message;
`hotline.sweep` files it and reads the provider's list for whatever we never heard of. Recordings are
fetched by an address that we put together ourselves, sealed, and deleted at the provider.

`gateway` holds the wire format, `audio` what a sound file is, `due` the working clock, `twiml` the answers.
It may import messaging and whatever lies below; cases, desk and oversight may import it.
"""
