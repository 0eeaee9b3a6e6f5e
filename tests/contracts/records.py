"""One record of every kind in one centre, each text in it carrying a marker that names the centre."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from mrc.access.identity import Identity
from mrc.access.models import AccessGrant
from mrc.accounts.models import User, UserSession
from mrc.attachments.cleaning.answers import Clean
from mrc.attachments.service import NewFile, ReadyFile
from mrc.cases.models import (
    Appointment,
    Assessment,
    Case,
    CaseClosure,
    ConsultationParticipant,
    Handover,
    HandoverBatch,
    JobOfferCheck,
    Need,
    ProtectionConcern,
)
from mrc.cases.queries import get_instrument
from mrc.cases.service import (
    AssessmentContent,
    CaseDetails,
    ConcernDetails,
    ConsultationDetails,
    GroupDetails,
    NewAttempt,
    add_file,
    add_note,
    amend_consultation,
    open_case,
    raise_concern,
    record_attempt,
    record_consultation,
    record_group,
    set_level,
    start_assessment,
    start_job_offer,
)
from mrc.cases.states import (
    AttemptOutcome,
    BatchStatus,
    ClosureStatus,
    Grade,
    HandoverKind,
    HandoverStatus,
    NoteKind,
)
from mrc.centres.models import Centre, PhoneLine
from mrc.core import clock
from mrc.core.db import db, uuid7
from mrc.core.files import new_key, write_file
from mrc.directory.service import (
    FocalPointDetails,
    OfferDetails,
    PartnerDetails,
    add_focal_point,
    add_offer,
    add_partner,
)
from mrc.hotline.audio import read_sound, tone
from mrc.hotline.models import Call, Callback, Duty, HotlineMenu, Voicemail
from mrc.hotline.service import add_prompt
from mrc.hotline.states import AudioType, CallDirection, CallState, PromptKey, VoicemailState
from mrc.jobs.models import Job
from mrc.messaging.models import (
    InboundEvent,
    Message,
    MessageMedia,
    MessageTemplate,
    TemplateVersion,
    Thread,
    ThreadNote,
)
from mrc.messaging.service.canned import NewAnswer, draft_answer
from mrc.messaging.states import (
    Category,
    Channel,
    Direction,
    MediaReason,
    MediaState,
    MessageStatus,
    Purpose,
    ThreadStatus,
)
from mrc.outreach.models import Broadcast, BroadcastLine
from mrc.outreach.service import NewSheet, add_sheet
from mrc.outreach.states import BroadcastStatus
from mrc.persons.models import HiddenMatch, Person, PersonMerge
from mrc.persons.queries import find_membership
from mrc.persons.service import (
    DocumentDetails,
    NewAddress,
    NewConsent,
    PersonDetails,
    RelativeDetails,
    add_document,
    add_relative,
    change_household,
    live_together,
    merge_persons,
    register_person,
)
from mrc.persons.states import AddressKind, ConsentMode, ConsentPurpose
from mrc.tasks.models import Absence, Flag, Task, TaskRule
from mrc.tasks.service import NewFlag, NewTask, create_task, raise_flag

SYSTEM = Identity.system("contract tests")


@dataclass(frozen=True)
class Records:
    """The keys of one centre's records by the name of the URL parameter, and the marker in their texts."""

    centre_id: UUID
    marker: str
    keys: dict[str, UUID]


def marker_of(code: str) -> str:
    """A word that occurs in no page but in the texts of one centre."""
    return f"Zqx{code.title()}marker"


def make_records(code: str, *, protected: bool = False, with_family: bool = False) -> Records:
    """Make one of everything in a centre; the case is protected, and a relative there, when asked for."""
    centre = db.session.scalars(select(Centre).where(Centre.code == code)).one()
    marker = marker_of(code)
    person = register_person(
        PersonDetails(
            name=marker,
            father_name=f"{marker} father",
            addresses=(NewAddress(AddressKind.PHONE, f"+92300{uuid4().int % 10**7:07}", instruction=marker),),
            consents=(NewConsent(ConsentPurpose.SERVICE, ConsentMode.VERBAL, "ur"),),
        ),
        centre_id=centre.id,
        by=SYSTEM,
        looked_at=frozenset(db.session.scalars(select(Person.id))),
    )
    twin, merge = _twin(person, marker)
    case = open_case(
        CaseDetails("potential", summary=f"{marker} summary", needs=("legal",)), person=person, by=SYSTEM
    )
    note = add_note(case, f"{marker} note", by=SYSTEM)
    consultation = record_consultation(
        ConsultationDetails("walk_in", "inbound", clock.now(), 5, "information_given", note=f"{marker} said"),
        centre_id=centre.id,
        by=SYSTEM,
        person=person,
        case=case,
    )
    db.session.flush()
    amend_consultation(consultation, {"note": f"{marker} said anew"}, reason=f"{marker} slip", by=SYSTEM)
    group = record_group(
        ConsultationDetails("walk_in", "inbound", clock.now(), 5, "information_given", note=f"{marker} all"),
        GroupDetails((person,), frozenset({person.id}), person.id, {("female", "18_59"): 2}),
        centre_id=centre.id,
        by=SYSTEM,
    )
    attempt = NewAttempt(AttemptOutcome.NO_ANSWER, note=f"{marker} rang")
    record_attempt(attempt, person=person, by=SYSTEM, link=person.addresses[0], case=case)
    if protected:
        set_level(case, 2, by=SYSTEM)
    task, flag, rule, absence = _tasks(case, marker)
    match = _hidden_match(person, twin)
    inside = _inside(case, centre, marker)
    if not protected:
        set_level(case, 1, by=SYSTEM)
    thread = _thread(centre, person.id, person.addresses[0].address_id, marker)
    staff, grant, event, job = _around(case, marker)
    calls = _calls(centre, thread, staff, marker)
    participant = select(ConsultationParticipant.id).where(
        ConsultationParticipant.consultation_id == group.id
    )
    session = db.session.scalars(select(UserSession).order_by(UserSession.id)).first()
    card = DocumentDetails("cnic", "35202-1234567-1", name=f"{marker} card")
    document = add_document(person, card, by=SYSTEM)
    keys = {
        "person_id": person.id,
        "twin_id": twin.id,
        "merge_id": merge.id,
        "identity_document_id": document.id,
        "case_id": case.id,
        **inside,
        "note_id": note.id,
        "task_id": task.id,
        "flag_id": flag.id,
        "rule_id": rule.id,
        "absence_id": absence.id,
        **_handovers(case, staff),
        "appointment_id": _appointment(case, staff).id,
        "broadcast_id": _broadcast(person, staff).id,
        "token": uuid4().hex,
        "need_id": db.session.scalars(select(Need.id).where(Need.case_id == case.id)).one(),
        "link_id": person.addresses[0].id,
        "consent_id": person.consents[0].id,
        "consultation_id": consultation.id,
        "participant_id": db.session.scalars(participant).one(),
        "thread_id": thread.id,
        "message_id": db.session.scalars(select(Message.id).where(Message.thread_id == thread.id)).one(),
        "thread_note_id": _thread_note(thread, staff, marker).id,
        "media_id": _media(thread).id,
        **_library(centre),
        "match_id": match.id,
        "grant_id": grant.id,
        "event_id": event.id,
        "job_id": job.id,
        "centre_id": centre.id,
        "line_id": thread.line_id,
        **calls,
        "user_id": staff.id,
        "session_id": session.id if session else uuid4(),
    }
    if with_family:
        keys |= _family(person, marker)
    return Records(centre.id, marker, keys)


def _around(case: Case, marker: str) -> tuple[User, AccessGrant, InboundEvent, Job]:
    """An emergency that is over, a webhook in quarantine and a job."""
    staff = db.session.scalars(select(User).order_by(User.username)).first()
    assert staff is not None
    grant = AccessGrant(
        user_id=staff.id,
        centre_id=case.centre_id,
        subject_kind="case",
        subject_id=case.id,
        granted_at=clock.now() - timedelta(hours=9),
        expires_at=clock.now() - timedelta(hours=5),
    )
    grant.reason = f"{marker} reason"
    event = InboundEvent(
        provider_sid=f"SM{uuid4().hex}", at=clock.now(), line_address="whatsapp:+10", state="quarantined"
    )
    event.raw = {"Body": "Zqxquarantinemarker"}
    job = Job(kind="messaging.send", payload={}, run_at=clock.now(), max_attempts=5)
    db.session.add_all([grant, event, job])
    db.session.flush()
    return staff, grant, event, job


def _twin(person: Person, marker: str) -> tuple[Person, PersonMerge]:
    """Another file that may be the person's, and one that went into it."""
    twin, third = (
        register_person(
            PersonDetails(name=f"{marker} {name}"),
            centre_id=person.centre_id,
            by=SYSTEM,
            looked_at=frozenset(db.session.scalars(select(Person.id))),
        )
        for name in ("twin", "third")
    )
    return twin, merge_persons(person, third, {}, by=SYSTEM)


def _tasks(case: Case, marker: str) -> tuple[Task, Flag, TaskRule, Absence]:
    """A task and a flag in a case, a rule, and somebody's leave."""
    due = clock.now() + timedelta(hours=1)
    task = create_task(
        NewTask("call_back", due, title=f"{marker} task"),
        centre_id=case.centre_id, person_id=case.person_id, case_id=case.id, by=SYSTEM,
    )  # fmt: skip
    flag = raise_flag(
        NewFlag("other", f"{marker} flag"),
        centre_id=case.centre_id, person_id=case.person_id, case_id=case.id, by=SYSTEM,
    )  # fmt: skip
    rule = db.session.scalars(select(TaskRule).order_by(TaskRule.code).limit(1)).one()
    first, second = db.session.scalars(select(User).order_by(User.username).limit(2)).all()
    today = clock.now().date()
    absence = Absence(
        centre_id=case.centre_id, user_id=first.id, substitute_id=second.id, from_on=today, until_on=today
    )
    db.session.add(absence)
    db.session.flush()
    return task, flag, rule, absence


def _broadcast(person: Person, staff: User) -> Broadcast:
    """A message to many that was counted, with the person as its only reader."""
    template = db.session.scalar(select(MessageTemplate).where(MessageTemplate.key == "of_the_records"))
    if template is None:
        template = MessageTemplate(
            key="of_the_records", title="For many", purpose=Purpose.BROADCAST, category=Category.UTILITY
        )
        db.session.add(template)
        db.session.flush()
    row = Broadcast(
        centre_id=person.centre_id, title="For many", template_id=template.id, written_by_id=staff.id,
        status=BroadcastStatus.COUNTED, counts={"reached": 1},
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    address_id = person.addresses[0].address_id
    line = BroadcastLine(broadcast_id=row.id, person_id=person.id, address_id=address_id, language="en")
    db.session.add(line)
    db.session.flush()
    return row


def _appointment(case: Case, staff: User) -> Appointment:
    """An appointment in the case, as it was written."""
    start = clock.now() + timedelta(days=1)
    row = Appointment(
        centre_id=case.centre_id, person_id=case.person_id, case_id=case.id, counsellor_id=staff.id,
        confidentiality=case.confidentiality, starts_at=start, ends_at=start + timedelta(minutes=30),
        room=f"{case.person.name} room",
    )  # fmt: skip
    row.note = f"{case.person.name} note"
    db.session.add(row)
    db.session.flush()
    return row


def _handovers(case: Case, staff: User) -> dict[str, UUID]:
    """A batch with one case in it, as it was done."""
    batch = HandoverBatch(
        centre_id=case.centre_id, to_user_id=staff.id, made_by_id=staff.id, status=BatchStatus.DONE
    )
    db.session.add(batch)
    db.session.flush()
    row = Handover(
        kind=HandoverKind.ASSIGN, status=HandoverStatus.DONE, case_id=case.id, centre_id=case.centre_id,
        to_user_id=staff.id, batch_id=batch.id, position=0, before_status=case.status,
    )  # fmt: skip
    row.reason = f"{case.person.name} reason"
    db.session.add(row)
    db.session.flush()
    return {"handover_id": row.id, "batch_id": batch.id}


def _hidden_match(person: Person, twin: Person) -> HiddenMatch:
    """A registration that looks like the person, and one that the person's own looks like."""
    match = HiddenMatch(person_id=person.id, registered_id=twin.id)
    db.session.add_all([match, HiddenMatch(person_id=twin.id, registered_id=person.id)])
    db.session.flush()
    return match


def _inside(case: Case, centre: Centre, marker: str) -> dict[str, UUID]:
    """One of everything that lives in a case; the concern makes the case protected."""
    add_note(case, f"{marker} safety", by=SYSTEM, kind=NoteKind.SAFETY)
    details = ConcernDetails(
        "threats", Grade.HIGH, "person", details=f"{marker} threat", safety_plan=f"{marker} plan"
    )
    concern: ProtectionConcern = raise_concern(case, details, by=SYSTEM)
    start_assessment(case, get_instrument("risk"), AssessmentContent({"threats": "present"}), by=SYSTEM)
    content = AssessmentContent({"about_work": "present"}, ground=f"{marker} ground")
    screening: Assessment = start_assessment(
        case, get_instrument("trafficking_screening"), content, by=SYSTEM
    )
    picture = Clean("png", f"{marker} large".encode(), preview=f"{marker} small".encode())
    ready = ReadyFile(f"{marker} paper.png", picture, was_scanned=False)
    file = add_file(case, ready, NewFile("legal", description=f"{marker} shown"), by=SYSTEM)
    keys = {"concern_id": concern.id, "assessment_id": screening.id, "file_id": file.id}
    if centre.country == "PK":
        values = {"route": "promoter", "employer": f"{marker} employer", "doubts": f"{marker} doubts"}
        offer: JobOfferCheck = start_job_offer(case, values, by=SYSTEM)
        keys["offer_id"] = offer.id
    closure = CaseClosure(case_id=case.id, reason="needs_met", requested_at=clock.now())
    closure.status, closure.decided_at = ClosureStatus.RETURNED, clock.now()
    closure.summary, closure.comment = f"{marker} end", f"{marker} comment"
    db.session.add(closure)
    db.session.flush()
    return keys


def _library(centre: Centre) -> dict[str, UUID]:
    """A ready answer and a sheet of the centre, and a wording of everybody. Nothing in them is anybody's."""
    answer = draft_answer(
        NewAnswer(uuid4().hex, "An answer", "en", "Said often."),
        centre_id=centre.id,
        by=SYSTEM,
    )
    ready = ReadyFile("sheet.png", Clean("png", b"sheet"), was_scanned=False)
    sheet = add_sheet(ready, NewSheet("safe_migration", "en", "A sheet"), centre_id=centre.id, by=SYSTEM)
    wording = db.session.scalars(select(TemplateVersion).order_by(TemplateVersion.id).limit(1)).one()
    return {"answer_id": answer.id, "sheet_id": sheet.id, "wording_id": wording.id} | _partner(centre)


def _partner(centre: Centre) -> dict[str, UUID]:
    """A partner of the country, with an offer and a focal point."""
    partner = add_partner(PartnerDetails(f"Partner {uuid4().hex}", "ngo"), centre.country, by=SYSTEM)
    offer = add_offer(partner, OfferDetails("legal_advice"), by=SYSTEM)
    someone = add_focal_point(partner, FocalPointDetails("Somebody", phone="+923005550199"), by=SYSTEM)
    return {"partner_id": partner.id, "service_offer_id": offer.id, "focal_point_id": someone.id}


def _family(person: Person, marker: str) -> dict[str, UUID]:
    """A child of the person in one household with them."""
    child = register_person(
        PersonDetails(name=f"{marker} child"),
        centre_id=person.centre_id,
        by=SYSTEM,
        looked_at=frozenset(db.session.scalars(select(Person.id))),
    )
    relation = add_relative(person, child, RelativeDetails("child"), by=SYSTEM)
    live_together(person, child, "child", by=SYSTEM)
    member = find_membership(person.id)
    assert member is not None
    change_household(member, "head", f"{marker} household", by=SYSTEM)
    return {"relation_id": relation.id, "household_member_id": member.id}


def _thread_note(thread: Thread, staff: User, marker: str) -> ThreadNote:
    """What a colleague left in the conversation."""
    note = ThreadNote(id=uuid7(), thread_id=thread.id, author_id=staff.id)
    note.body = f"{marker} among us"
    db.session.add(note)
    db.session.flush()
    return note


def _media(thread: Thread) -> MessageMedia:
    """A file that could not be fetched."""
    message = db.session.scalars(select(Message).where(Message.thread_id == thread.id).limit(1)).one()
    media = MessageMedia(
        message_id=message.id,
        thread_id=thread.id,
        position=0,
        told_type="image/jpeg",
        state=MediaState.UNAVAILABLE,
        reason=MediaReason.NOT_FOUND,
    )
    media.url = "https://api.twilio.com/2010-04-01/nothing"
    db.session.add(media)
    db.session.flush()
    return media


def _calls(centre: Centre, thread: Thread, staff: User, marker: str) -> dict[str, UUID]:
    """A voice line with a menu, a prompt and somebody on duty; a missed call, its message and callback."""
    line = PhoneLine(
        centre_id=centre.id,
        kind="voice",
        address=f"+92421{uuid4().int % 10**7:07}",
        label="Hotline",
    )
    db.session.add(line)
    db.session.flush()
    menu = HotlineMenu(centre_id=centre.id, line_id=line.id, languages=["ur"], is_on=True)
    sound = read_sound(tone(100, 440))
    prompt = add_prompt(line, PromptKey.CHOOSE, "ur", sound, is_upload=True, by=SYSTEM)
    duty = Duty(centre_id=centre.id, line_id=line.id, user_id=staff.id, languages=["ur"])
    duty.phone = "+923215550199"
    now = clock.now()
    callback = Callback(
        centre_id=centre.id, line_id=line.id, open_key=uuid4().bytes, address_id=thread.address_id,
        person_id=thread.person_id, times=1, first_at=now, last_at=now, due_at=now,
    )  # fmt: skip
    db.session.add_all([menu, duty, callback])
    db.session.flush()
    call = Call(
        centre_id=centre.id, line_id=line.id, provider_sid=f"CA{uuid4().hex}", direction=CallDirection.IN,
        address_id=thread.address_id, state=CallState.VOICEMAIL, started_at=now, ended_at=now,
        person_id=thread.person_id, callback_id=callback.id,
    )  # fmt: skip
    call.caller = f"sip:{marker}@example.org"
    db.session.add(call)
    db.session.flush()
    heard = Voicemail(
        call_id=call.id, provider_sid=f"RE{uuid4().hex}", seconds=9, state=VoicemailState.KEPT,
        audio_type=AudioType.WAV,
    )  # fmt: skip
    heard.file_key = new_key()
    write_file(heard.id, "audio", f"{marker} spoken".encode(), heard.file_key)
    db.session.add(heard)
    db.session.flush()
    return {
        "voice_line_id": line.id, "prompt_id": prompt.id, "duty_id": duty.id, "callback_id": callback.id,
        "call_id": call.id,
    }  # fmt: skip


def _thread(centre: Centre, person_id: UUID, address_id: UUID, marker: str) -> Thread:
    line = db.session.scalars(
        select(PhoneLine).where(PhoneLine.centre_id == centre.id, PhoneLine.kind == "whatsapp").limit(1)
    ).one()
    now = clock.now()
    thread = Thread(
        centre_id=centre.id,
        line_id=line.id,
        address_id=address_id,
        channel=Channel.WHATSAPP,
        status=ThreadStatus.WAITING,
        waiting_since=now,
        last_message_at=now,
        last_inbound_at=now,
        unread_count=1,
        person_id=person_id,
    )
    thread.last_line = f"{marker} line"
    message = Message(
        thread_id=thread.id,
        direction=Direction.IN,
        at=now,
        status=MessageStatus.RECEIVED,
        status_at=now,
        provider_sid=f"SM{uuid4().hex}",
    )
    message.body = f"{marker} body"
    db.session.add_all([thread, message])
    db.session.flush()
    return thread
