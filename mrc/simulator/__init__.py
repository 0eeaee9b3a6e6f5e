"""A carrier that speaks Twilio, with phones on a web page: for the demo, for training and for tests.

It is a process of its own (`python -m mrc.simulator --port 8001`, or with all the rest through `mrc demo`)
and is reached over HTTP alone: the application sends with the ordinary `twilio` client whose host is replaced
(`MRC_TWILIO_BASE`), and hears from here by signed webhooks; nothing in the application knows that this is not
Twilio. It keeps everything in memory, writes no number and no text to a log, and imports `core` alone.

`rest` answers the application as Twilio does (`checks`, `refusals`, `resources`); `outbound` walks a message
to its phone and reports each step; `inbound` takes what a phone writes; `wire` and `webhooks` build, sign and
repeat what the application is told; `faults` lists what can go wrong; `table` is the page (`screens`),
`control` the same for tests.

Environment: `TWILIO_ACCOUNT_SID`, `TWILIO_AUTH_TOKEN`, optionally `TWILIO_API_KEY`, `TWILIO_API_SECRET`;
`MRC_SIMULATOR_WEBHOOK` (where the application listens; a fragment such as `#rc=3&rp=all` sets the retries);
`MRC_SIMULATOR_PUBLIC` (the address by which it knows itself, which is signed); `MRC_SIMULATOR_LINES`
(`[{"address": "whatsapp:+92…", "name": "Lahore WhatsApp"}, …]`); `MRC_SIMULATOR_TEMPLATES` (wording by
ContentSid, `{"HX…": "Hello {{1}}"}`); `MRC_SIMULATOR_PACE` (factor on the carrier's own pauses, 0 for none);
`MRC_SIMULATOR_SEED` (repeatable sids).

The control API takes and gives JSON; `<phone>` is a key, a number or a WhatsApp user id:

    GET    /control/state                     gives now, revision, pending (tasks waiting or running), pace,
                                              messages (count), phones, lines, faults
    POST   /control/reset                     takes seed; starts over
    POST   /control/clock                     takes advance_seconds; windows close, what waits comes forward
    POST   /control/pace                      takes factor
    POST   /control/phones                    takes name, number, user_id, username, language, has_whatsapp
    PATCH  /control/phones/<phone>            takes is_on, sends_read_receipts, hides_number, has_whatsapp
    GET    /control/phones/<phone>/messages   takes ?line=; gives messages, oldest first, each with sid,
                                              direction (sent or received, by the phone), body, status,
                                              error_code, has_arrived, told (waiting, yes or no: the centre)
    POST   /control/phones/<phone>/messages   takes line, body, media, location, button, reply_to, extra;
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
create, fetch, list, update, delete, media or any. Nothing here waits: a test asks until `pending` is 0.
A WhatsApp window is open for the first 24 hours of the simulator, because it cannot know what was before.
"""
