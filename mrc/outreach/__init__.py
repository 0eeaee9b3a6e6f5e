"""Reaching many, and what we have ready to say: broadcasts, the library, the templates for WhatsApp.

A **broadcast** goes to a filtered audience, each reader by their own rules. An **information sheet** is a
file on one topic in one language, in versions: added by one, approved by another, then offered to the
counsellor who sends it. **Ready answers** and **templates** live with the conversations that they go into
(`mrc.messaging`); their pages are here, because who keeps them is not who answers.

Sheets, answers and templates are about nobody. A file lies sealed on the disk as every other, looked through
by `mrc.attachments` before it is kept.

May import what lies below: cases, messaging, attachments, accounts, centres, vocab and everything under them.
"""
