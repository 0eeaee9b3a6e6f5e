"""The counsellor's workplace: my day, the inbox, the quick log, search, and turning an enquiry into a file.

The desk owns no table. It puts together what persons, messaging and cases offer, in the order of a real
conversation: answer, log, find or register the person, open the case.
"""

from __future__ import annotations
