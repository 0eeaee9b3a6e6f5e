"""What is said to many, and to whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from mrc.i18n.locales import LOCALES
from mrc.messaging.models import MessageTemplate
from mrc.messaging.queries.templates import is_usable
from mrc.outreach.queries import Audience
from mrc.outreach.service import NewBroadcast
from mrc.vocab.forms import country_options, options
from mrc.web.fields import CheckField, CodeField, LineField, NumberField
from mrc.web.forms import Form

MOST_A_MINUTE = 600


class BroadcastForm(Form):
    """One wording, an audience, and a pace."""

    title = LineField(
        _l("What this is"), [InputRequired(_l("Write what this is, in one line."))], longest=120,
        description=_l("For colleagues only. Leave out names."),
    )  # fmt: skip
    template = CodeField(_l("Wording"), [InputRequired(_l("Choose an approved wording for many."))])
    words = LineField(
        _l("What fills its place"), longest=300,
        description=_l("The same for everybody, such as a date or a place. Empty when the wording has none."),
    )  # fmt: skip
    language = CodeField(_l("Only those who read"))
    client_type = CodeField(_l("Client type"))
    destination = CodeField(_l("Destination"))
    programme = CodeField(_l("Programme"))
    district = CodeField(_l("District of origin"))
    nationality = CodeField(_l("Nationality"))
    has_open_case = CheckField(_l("Only those with an open case"))
    per_minute = NumberField(_l("Messages a minute"), least=1, most=MOST_A_MINUTE, default="60")

    def __init__(
        self, country: str, templates: Sequence[MessageTemplate], *arguments: Any, **keywords: Any
    ) -> None:
        super().__init__(*arguments, **keywords)
        everybody = [("", _("All"))]
        self.templates = {str(template.id): template for template in templates}
        wordings = [(key, one.title) for key, one in self.templates.items()]
        self.template.choices = [("", _("Choose…")), *wordings]
        self.language.choices = [*everybody, *((tag, locale.name) for tag, locale in LOCALES.items())]
        self.client_type.choices = [*everybody, *options("client_types", country)]
        self.destination.choices = [*everybody, *options("destinations", country)]
        self.programme.choices = [*everybody, *options("programmes", country)]
        self.district.choices = [*everybody, *options("districts", country)]
        self.nationality.choices = [*everybody, *country_options()]

    def new(self) -> NewBroadcast:
        """What was typed, ready for the service."""
        places = self.places()
        return NewBroadcast(
            title=self.title.data or "",
            template_id=UUID(self.template.data),
            variables=dict.fromkeys(places, self.words.data or "") if places else {},
            audience=Audience(
                client_type=self.client_type.data or None,
                destination=self.destination.data or None,
                programme=self.programme.data or None,
                district=self.district.data or None,
                nationality=self.nationality.data or None,
                language=self.language.data or None,
                has_open_case=bool(self.has_open_case.data),
            ),
            per_minute=self.per_minute.data or 60,
        )

    def places(self) -> list[str]:
        """The places of the chosen wording."""
        # Which wording each reader gets depends on their language: all of them must be filled.
        versions = [one for one in self.templates[self.template.data].versions if is_usable(one)]
        return list(dict.fromkeys(place["name"] for one in versions for place in one.variables))
