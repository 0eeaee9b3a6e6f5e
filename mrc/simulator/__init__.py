"""A carrier that speaks Twilio, with phones on a web page: for the demo, for training and for tests.

It is a process of its own (`python -m mrc.simulator --port 8001`, or with all the rest through `mrc demo`)
and is reached over HTTP alone: the application sends with the ordinary `twilio` client whose host is replaced
(`MRC_TWILIO_BASE`), and hears from here by signed webhooks; nothing in the application knows that this is not
Twilio. It keeps everything in memory, writes no number and no text to a log, and imports `core` alone.

Behind `gate` the application is answered as Twilio answers: `rest` messages (`checks`, `refusals`,
`resources`), `rest_account` the account and its lines, `rest_content` templates, `rest_calls` calls and
recordings. `outbound` walks a message to its phone and reports each step; `inbound` takes what a phone
writes; `templates` plays WhatsApp's judge. A call
is legs (`calls`, `legs`), each a program that waits for what happens (`exchange`): it carries out the
documents that the application answers (`twiml`; `verbs`, `recording`, `dialling`, `queueing`), asks for the
next one and reports (`asking`); `calling` is what people, and the REST API, do in a call. `wire`,
`voice_wire` and `webhooks` build, sign and repeat what the application is told; `faults` lists what can go
wrong; `table` and `table_…` are the page (`screens`, `call_screens`), `control` and `control_…` the same for
tests.

Environment: `TWILIO_ACCOUNT_SID`, `TWILIO_AUTH_TOKEN`, optionally `TWILIO_API_KEY`, `TWILIO_API_SECRET`;
`MRC_SIMULATOR_WEBHOOK` (where the application listens; a fragment such as `#rc=3&rp=all` sets the retries);
`MRC_SIMULATOR_PUBLIC` (the address by which it knows itself, which is signed); `MRC_SIMULATOR_LINES`
(`[{"address": "whatsapp:+92…", "name": "Lahore WhatsApp"}, …]`, with `"kind": "voice"` for a number that is
called; its VoiceUrl is `/twilio/voice/incoming`, its StatusCallback `/twilio/voice/status`);
`MRC_SIMULATOR_VOICE_FALLBACK` (its VoiceFallbackUrl, `/twilio/voice/fallback` of the application without one,
`-` for none); `MRC_SIMULATOR_TEMPLATES` (wording by ContentSid beside those that the Content API made,
`{"HX…": "Hello {{1}}"}`); `MRC_SIMULATOR_PACE` (factor on the carrier's own pauses, 0 for none);
`MRC_SIMULATOR_SEED` (repeatable sids).

The control API takes and gives JSON; `<phone>` is a key, a number or a WhatsApp user id:

    GET    /control/state                     gives now, revision, pending (tasks waiting or running), pace,
                                              messages and calls (counts), phones, lines, hotlines, faults
    POST   /control/reset                     takes seed; starts over
    POST   /control/clock                     takes advance_seconds; windows close, what waits comes forward
    POST   /control/pace                      takes factor
    POST   /control/phones                    takes name, number, user_id, username, language, has_whatsapp
    PATCH  /control/phones/<phone>            takes is_on, sends_read_receipts, hides_number, has_whatsapp,
                                              when_rung (by hand, answer, decline, busy, unreachable)
    GET    /control/phones/<phone>/messages   takes ?line=; gives messages, oldest first, each with sid,
                                              direction (sent or received, by the phone), body, status,
                                              error_code, has_arrived, told (waiting, yes or no: the centre)
    POST   /control/phones/<phone>/messages   takes line, body, media, location, button, reply_to, extra;
                                              or tap: {"sid": "SM…", "button": number or words};
                                              gives the message and its form
    POST   /control/conversations             takes phone, line, window (open or closed), is_opted_out,
                                              is_blocked
    POST   /control/faults                    takes kind, times (0: until cleared), value, phone, operation
    DELETE /control/faults[/<number>]
    GET    /control/webhooks                  takes ?sid=; gives attempts, each with subject (message or the
                                              status reported), sid, url, answer (HTTP status or null),
                                              failure, trial, token, is_forged, milliseconds

`media` is a list of `{"sample": "photo"}` (or voice, document) or `{"content_type": …, "base64": …}`;
`button` has text and payload; `location` has latitude, longitude and label; `extra` adds parameters to the
form, changes them or, with null, takes them away. Kinds of faults stand in `faults.CATALOGUE`; `operation` is
create, fetch, list, update, delete, media, content, call, recording, account or any. Templates
(/control/contents) are described in `control_contents`, the account in `control_account`, calls
(/control/calls, /control/phones/<phone>/calls) in `control_calls`.
Nothing here waits: a test asks until `pending` is 0. A WhatsApp window is open for the first 24 hours of the
simulator, because it cannot know what was before.
"""
