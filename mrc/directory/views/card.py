"""The card of a partner that the client takes along, in their language."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from flask_babel import force_locale

from mrc.access.guards import requires
from mrc.access.identity import current
from mrc.access.permissions import Permission
from mrc.centres.queries import work_centre
from mrc.directory import queries
from mrc.directory.views.blueprint import blueprint
from mrc.i18n.locales import LOCALES, locale_of
from mrc.web.pdf import pdf_response


@blueprint.get("/<uuid:partner_id>/card")
@requires(Permission.DIRECTORY_VIEW)
def card(partner_id: UUID) -> Response:
    """What a client must know to go there, on one page. A secret address is not on it."""
    partner = queries.get_partner(partner_id, by=current())
    tag = request.args.get("language", "")
    locale = locale_of(tag if tag in LOCALES else "en")
    with force_locale(locale.tag):
        return pdf_response(
            "directory/card.html",
            filename="partner-card",
            partner=partner,
            paper_locale=locale,
            centre=work_centre(current(), Permission.DIRECTORY_VIEW),
        )
