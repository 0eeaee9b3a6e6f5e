"""Handing cases over: to a centre, for reading, on request, and many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, InputRequired

from mrc.web.fields import CodeField, DayField, LineField, TextField
from mrc.web.forms import Form

People = Sequence[tuple[UUID, str]]


class TransferForm(Form):
    """Which centre is asked to take the case, and why."""

    centre = CodeField(_l("To which centre"), [InputRequired(_l("Choose the centre."))])
    reason = TextField(
        _l("Why they should take it"),
        [InputRequired(_l("Write why the other centre should take the case."))],
        description=_l("They read this before they accept. Leave out names."),
    )
    without_consent = TextField(
        _l("Why without the person's consent"),
        description=_l("Only where the person has not agreed that we share with this centre."),
    )

    def __init__(self, centres: Sequence[tuple[UUID, str]], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.centre.choices = [("", _("Choose…")), *((str(key), name) for key, name in centres)]


class ShareForm(Form):
    """Who may read the case, and until when."""

    colleague = CodeField(_l("Colleague"), [InputRequired(_l("Choose a colleague."))])
    until_on = DayField(_l("Until"), [DataRequired(_l("Write until when."))])
    reason = LineField(_l("What for"))

    def __init__(self, people: Mapping[str, People], *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        groups = {
            centre: [(str(key), name) for key, name in colleagues] for centre, colleagues in people.items()
        }
        self.colleague.choices = {"": [("", _("Choose…"))], **groups}


class AskForm(Form):
    """Which case one asks for, and why."""

    number = LineField(_l("Case number"), [InputRequired(_l("Write the number of the case."))], longest=30)
    reason = TextField(_l("Why you ask for it"), [InputRequired(_l("Write why you ask for the case."))])


class AcceptForm(Form):
    """Who carries the case from now on."""

    counsellor = CodeField(_l("Counsellor"), [InputRequired(_l("Choose a counsellor."))])
    without_consent = TextField(
        _l("Why without the person's consent"),
        description=_l("Only where the person has not agreed that we share with this centre."),
    )

    def __init__(self, people: People, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.counsellor.choices = [("", _("Choose…")), *((str(key), name) for key, name in people)]


class DeclineForm(Form):
    """Why a case is not taken over, or not given."""

    answer = TextField(_l("Why not"), [InputRequired(_l("Write why, so that they know what to do instead."))])


class BulkForm(Form):
    """To whom many cases are given."""

    counsellor = CodeField(_l("Counsellor"), [InputRequired(_l("Choose a counsellor."))])

    def __init__(self, people: People, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.counsellor.choices = [("", _("Choose…")), *((str(key), name) for key, name in people)]
