"""What is ready to be said in the demo: wordings that the simulator approves, and a few answers."""

from __future__ import annotations

from mrc.accounts.queries import identity_of
from mrc.centres.queries import find_centre_by_code
from mrc.core.db import db
from mrc.messaging.queries.templates import list_templates
from mrc.messaging.service.canned import NewAnswer, approve_answer, draft_answer
from mrc.messaging.service.templates import review_version, submit_version
from mrc.messaging.states import TemplateStatus

ANSWERS = (
    NewAnswer(
        "salam", "Greeting", "ur",
        "السلام علیکم {name}، میں {counsellor} ہوں۔ میں آپ کی کیا مدد کر سکتی ہوں؟",
    ),
    NewAnswer(
        "hours", "Opening hours", "en",
        "We are open from Monday to Friday, 9 to 5. You can write to us here at any time.",
    ),
    NewAnswer(
        "hours", "Opening hours", "ur",
        "ہم پیر سے جمعہ، صبح نو سے شام پانچ بجے تک کھلے ہیں۔ آپ یہاں کسی بھی وقت لکھ سکتے ہیں۔",
    ),
    NewAnswer(
        "papers", "What to bring", "en",
        "Please bring what you have in writing about the offer, such as the contract and receipts.",
    ),
)  # fmt: skip


def make_answers() -> None:
    """A few ready answers of Lahore, by its counsellor and approved by its manager. Does not commit."""
    lahore = find_centre_by_code("LHE")
    assert lahore is not None
    for new in ANSWERS:
        answer = draft_answer(new, centre_id=lahore.id, by=identity_of("counsellor-lahore"))
        approve_answer(answer, by=identity_of("manager-lahore"))


def offer_wordings() -> None:
    """Submit the wordings of the house to the simulator, which forgets them whenever it ends. Does not
    commit.
    """
    reviewer, sender = identity_of("manager-lahore"), identity_of("admin")
    for template in list_templates():
        for version in template.versions:
            if version.written_by_id is not None or version.status is TemplateStatus.RETIRED:
                continue
            version.status, version.content_sid, version.synced_at = TemplateStatus.DRAFT, None, None
            review_version(version, by=reviewer)
            submit_version(version, by=sender)
    db.session.flush()
