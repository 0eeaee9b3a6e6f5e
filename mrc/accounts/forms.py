"""Forms of signing in, of one's own account and of the administration of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField
from wtforms.validators import EqualTo, InputRequired, Length, Optional, Regexp

from mrc.access.identity import Scope
from mrc.access.roles import ScopeKind
from mrc.accounts.states import IDLE_CHOICES, AccountState, RoleScope
from mrc.accounts.words import CALENDAR_WORDS, DIGIT_WORDS, IDLE_WORDS, ROLE_WORDS, STATE_WORDS
from mrc.centres.queries import list_centres, list_countries
from mrc.i18n.locales import LOCALES
from mrc.vocab.forms import options
from mrc.vocab.queries import label
from mrc.web.fields import CheckField, ChipsField, CodeField, LineField
from mrc.web.forms import Form

LANGUAGES = [(locale.tag, locale.name) for locale in LOCALES.values()]
LONGEST_SECRET = 1_000
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s.]+$"
Choices = Sequence[tuple[str, Any]]


class ActionForm(Form):
    """A single button."""


class SignInForm(Form):
    """The first step. What was wrong is never said field by field."""

    username = LineField(_l("Username"), [InputRequired(_l("Write your username."))])
    password = PasswordField(
        _l("Password"), [InputRequired(_l("Write your password.")), Length(max=LONGEST_SECRET)]
    )
    own_device = CheckField(_l("Only I use this device"))


class CodeForm(Form):
    """The second step."""

    code = LineField(_l("Code"), [InputRequired(_l("Write the code."))], longest=20)


class ConfirmForm(Form):
    """Proving once more who it is. The code is asked for where there is a second factor."""

    password = PasswordField(
        _l("Password"), [InputRequired(_l("Write your password.")), Length(max=LONGEST_SECRET)]
    )
    code = LineField(_l("Code"), longest=20)


class NewPasswordForm(Form):
    """Choosing a password."""

    new_password = PasswordField(_l("New password"), [InputRequired(_l("Choose a password."))])
    new_password_again = PasswordField(
        _l("The same again"), [EqualTo("new_password", _l("The two passwords are not the same."))]
    )


class SecondFactorForm(Form):
    """The first code of a new app; `secret` is sealed for this session."""

    secret = HiddenField()
    code = LineField(_l("Code that the app shows"), [InputRequired(_l("Write the code."))], longest=20)


class ProfileForm(Form):
    """How pages look to oneself."""

    locale = CodeField(_l("Language"), choices=LANGUAGES)
    calendar = CodeField(
        _l("Calendar"), choices=[(kind.value, word) for kind, word in CALENDAR_WORDS.items()]
    )
    digits = CodeField(_l("Digits"), choices=[(kind.value, word) for kind, word in DIGIT_WORDS.items()])
    light_font = CheckField(_l("Lighter script for Urdu (Naskh instead of Nastaliq)"))
    idle_minutes = CodeField(
        _l("On my own device, sign me out after"),
        choices=[(str(minutes), IDLE_WORDS[minutes]) for minutes in IDLE_CHOICES],
    )


class AnswersForm(Form):
    """In which languages, and on what, one answers people."""

    languages = ChipsField(_l("Languages in which you answer"))
    skills = ChipsField(_l("What you answer on"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.languages.choices = [(tag, locale.name) for tag, locale in LOCALES.items()]
        self.skills.choices = options("thread_labels")


class UserForm(Form):
    """How colleagues know someone."""

    name = LineField(_l("Name"), [InputRequired(_l("Write the name."))], longest=120)
    email = LineField(_l("E-mail"), [Optional(), Regexp(EMAIL, message=_l("This is not an e-mail address."))])
    locale = CodeField(_l("Language"), choices=LANGUAGES)


class RoleForm(Form):
    """A role in a scope."""

    role = CodeField(_l("Role"), [InputRequired(_l("Choose the role."))])
    scope = CodeField(_l("Where"), [InputRequired(_l("Choose where the role holds."))])

    def __init__(self, reach: Scope, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.role.choices = [("", _("Choose…")), *((role.value, word) for role, word in ROLE_WORDS.items())]
        self.scope.choices = [("", _("Choose…")), *scope_choices(reach)]


class InviteForm(RoleForm, UserForm):
    """Somebody new."""

    username = LineField(
        _l("Username"),
        [InputRequired(_l("Write a username."))],
        longest=60,
        description=_l("What they sign in with: small Latin letters, digits, dots and dashes."),
    )


def scope_choices(reach: Scope) -> Choices:
    """Where somebody may give roles: the centres that they reach; countries and everywhere if they reach
    everything.
    """
    centres = [(str(RoleScope(ScopeKind.CENTRE, centre_id=one.id)), one.name) for one in list_centres(reach)]
    if not reach.everywhere:
        return centres
    countries = [
        (
            str(RoleScope(ScopeKind.COUNTRY, country=one.code)),
            _("All of %(country)s", country=label("nationalities", one.code)),
        )
        for one in list_countries()
    ]
    return [*centres, *countries, (ScopeKind.EVERYWHERE.value, _("Everywhere"))]


def state_choices() -> Choices:
    """The states of an account, in words."""
    return [(state.value, STATE_WORDS[state]) for state in AccountState]
