"""What can be done to accounts. Everything takes who does it, is audited, and commits nothing."""

from mrc.accounts.service.links import accept_link, issue_link
from mrc.accounts.service.locks import (
    end_own_session,
    end_sessions,
    lock_user,
    may_unlock,
    sign_out,
    unlock_user,
)
from mrc.accounts.service.own import (
    change_own_password,
    change_own_settings,
    choose_centre,
    remove_own_second_factor,
    reset_second_factor,
    set_second_factor,
)
from mrc.accounts.service.people import NewUser, add_user, change_user, invite_user
from mrc.accounts.service.roles import give_role, take_role

__all__ = [
    "NewUser",
    "accept_link",
    "add_user",
    "change_own_password",
    "change_own_settings",
    "change_user",
    "choose_centre",
    "end_own_session",
    "end_sessions",
    "give_role",
    "invite_user",
    "issue_link",
    "lock_user",
    "may_unlock",
    "remove_own_second_factor",
    "reset_second_factor",
    "set_second_factor",
    "sign_out",
    "take_role",
    "unlock_user",
]
