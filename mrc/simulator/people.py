"""The people on the table: who they are, how they reach a centre, and a few things they may want to say.

Their numbers have the shape of real mobile numbers, because the application checks that; nothing ever
leaves this machine, so nobody is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mrc.simulator.addresses import PREFIX, Channel, country_of

ZONES = {"PK": "Asia/Karachi", "IQ": "Asia/Baghdad", "AF": "Asia/Kabul"}
RIGHT_TO_LEFT = frozenset({"ur", "ps", "fa-AF", "ar", "ckb"})
LANGUAGES = {
    "ur": "Urdu",
    "ps": "Pashto",
    "fa-AF": "Dari",
    "ar": "Arabic",
    "ckb": "Kurdish (Sorani)",
    "en": "English",
}


class Rung(StrEnum):
    """What happens when a phone is rung."""

    BY_HAND = "by hand"
    ANSWER = "answer"
    DECLINE = "decline"
    BUSY = "busy"
    UNREACHABLE = "unreachable"


@dataclass
class Phone:
    """A phone and the person who holds it."""

    key: str
    name: str
    latin: str = ""
    language: str = "en"
    number: str = ""
    user_id: str = ""
    """WhatsApp's id of a person; alone, it is of someone who shows no number."""
    username: str = ""
    phrases: tuple[str, ...] = ()
    has_whatsapp: bool = True
    is_on: bool = True
    sends_read_receipts: bool = True
    hides_number: bool = False
    is_stranger: bool = False
    """True for a number that the centre wrote to before anyone put it on the table."""
    is_staff: bool = False
    """True for a counsellor's phone, which callers are put through to."""
    when_rung: Rung = Rung.BY_HAND

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    @property
    def zone(self) -> str:
        return ZONES.get(country_of(self.number) or self.user_id[:2], "UTC")

    @property
    def channels(self) -> Sequence[Channel]:
        """What the phone can be written to and from, the likelier first."""
        whatsapp = [Channel.WHATSAPP] if self.has_whatsapp else []
        return [*whatsapp, Channel.SMS] if self.number else whatsapp

    def address_on(self, channel: Channel) -> str:
        """What the other side sees as the sender."""
        if channel is Channel.SMS:
            return self.number
        shows_id = self.user_id and (self.hides_number or not self.number)
        return PREFIX + (self.user_id if shows_id else self.number)

    @property
    def addresses(self) -> Sequence[str]:
        """By what it can be found, without the channel."""
        return [address for address in (self.number, self.user_id) if address]


def presets() -> list[Phone]:
    """The people who are on the table from the start, fresh copies."""
    return [
        Phone(
            key="bilal",
            name="بلال احمد",
            latin="Bilal Ahmed",
            language="ur",
            number="+923005550101",
            phrases=(
                "السلام علیکم، مجھے سعودی عرب کے ویزے کے بارے میں پوچھنا ہے",
                "ایجنٹ پانچ لاکھ روپے مانگ رہا ہے، کیا یہ درست ہے؟",
                "شکریہ",
            ),
        ),
        Phone(
            key="zarmina",
            name="زرمینه",
            latin="Zarmina",
            language="ps",
            number="+923455550102",
            phrases=("سلام، زه مرستې ته اړتیا لرم", "زما ورور په ترکیه کې دی", "مننه"),
            sends_read_receipts=False,
        ),
        Phone(
            key="fatima",
            name="فاطمه رضایی",
            latin="Fatima Rezaei",
            language="fa-AF",
            number="+93705550103",
            phrases=("سلام، از ایران برگشته‌ام و کمک می‌خواهم", "چه وقت می‌توانم بیایم؟", "تشکر"),
        ),
        Phone(
            key="ahmed",
            name="أحمد الجبوري",
            latin="Ahmed al-Jubouri",
            language="ar",
            number="+9647705550104",
            phrases=("السلام عليكم، أريد العمل في ألمانيا", "ما هي الأوراق المطلوبة؟", "شكراً"),
        ),
        Phone(
            key="zhyan",
            name="ژیان کەریم",
            latin="Zhyan Karim",
            language="ckb",
            number="+9647505550105",
            phrases=("سڵاو، پرسیارێکم هەیە", "دەمەوێت بگەڕێمەوە بۆ هەولێر", "سوپاس"),
        ),
        Phone(
            key="sana",
            name="ثناء",
            latin="Sana, no number",
            language="ur",
            user_id="PK.13491208655302741918",
            username="sana.travels",
            phrases=("کیا آپ میرا نمبر دیکھ سکتے ہیں؟", "میں اپنا نام نہیں بتانا چاہتی"),
        ),
        Phone(
            key="yousef",
            name="محمد یوسف",
            latin="Mohammad Yousef, keypad phone",
            language="ur",
            number="+923335550107",
            phrases=("Salam, kal dafter khula hai?", "STOP", "START"),
            has_whatsapp=False,
        ),
    ]
