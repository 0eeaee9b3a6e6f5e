"""The centres as they are (host and opening from public pages of the centres); lines are the demo's and
fictional.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

WORKING_MORNING = (9 * 60, 13 * 60)
WORKING_AFTERNOON = (14 * 60, 17 * 60)


@dataclass(frozen=True)
class ShippedCountry:
    """A country and its usual days off (0 is Monday)."""

    code: str
    weekend: tuple[int, ...]
    emergency_numbers: str


@dataclass(frozen=True)
class ShippedCentre:
    """A centre as it comes with the software; every word of it can be changed."""

    code: str
    country: str
    name: str
    host: str
    languages: tuple[str, ...]
    time_zone: str
    opened_on: date
    is_remote: bool = False


COUNTRIES = (
    ShippedCountry("PK", (5, 6), "15 (police), 1122 (rescue), 1099 (human rights helpline)"),
    ShippedCountry("IQ", (4, 5), "104 (police), 122 (ambulance), 119 (family protection)"),
    ShippedCountry("AF", (3, 4), "119 (police), 112 (ambulance)"),
)
CENTRES = (
    ShippedCentre(
        "ISB",
        "PK",
        "MRC Islamabad",
        "Ministry of Overseas Pakistanis and Human Resource Development",
        ("ur", "en", "ps", "pa"),
        "Asia/Karachi",
        date(2016, 4, 12),
    ),
    ShippedCentre(
        "LHE",
        "PK",
        "MRC Lahore",
        "Labour and Human Resource Department, Punjab",
        ("ur", "pa", "en", "skr"),
        "Asia/Karachi",
        date(2016, 4, 12),
    ),
    ShippedCentre(
        "PEW",
        "PK",
        "MRC Peshawar",
        "Bureau of Emigration and Overseas Employment",
        ("ps", "ur", "en", "fa_AF"),
        "Asia/Karachi",
        date(2024, 6, 9),
    ),
    ShippedCentre(
        "BGW",
        "IQ",
        "MRC Baghdad",
        "Ministry of Labour and Social Affairs",
        ("ar", "ckb", "en"),
        "Asia/Baghdad",
        date(2020, 2, 1),
    ),
    ShippedCentre(
        "EBL",
        "IQ",
        "MRC Erbil",
        "Joint Crisis Coordination Centre, Kurdistan Regional Government",
        ("ckb", "ar", "kmr", "en"),
        "Asia/Baghdad",
        date(2024, 1, 1),
    ),
    ShippedCentre(
        "ISU",
        "IQ",
        "MRC Sulaymaniyah",
        "Joint Crisis Coordination Centre, Sulaymaniyah",
        ("ckb", "ar", "en"),
        "Asia/Baghdad",
        date(2025, 1, 22),
    ),
    ShippedCentre(
        "BGD",
        "IQ",
        "MRC Baghdad 2",
        "Ministry of Migration and Displaced",
        ("ar", "ckb", "en"),
        "Asia/Baghdad",
        date(2025, 5, 8),
    ),
    ShippedCentre(
        "KBL",
        "AF",
        "MRC Kabul",
        "Ministry of Refugees and Repatriations; staff work remotely",
        ("fa_AF", "ps", "uz", "haz"),
        "Asia/Kabul",
        date(2018, 7, 1),
        is_remote=True,
    ),
)
