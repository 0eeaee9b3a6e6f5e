"""Given names, fathers' names and by-names as people of our countries write them, with one Latin spelling
each.

Common names only, combined at random; `(script, latin)` pairs. Grouped by the language of the documents.
"""

from __future__ import annotations

from dataclasses import dataclass

Pair = tuple[str, str]


def _pairs(text: str) -> tuple[Pair, ...]:
    return tuple(
        (script.strip(), latin.strip()) for script, latin in (line.split("=") for line in text.split(","))
    )


@dataclass(frozen=True)
class NameBook:
    """The names of one language group."""

    language: str
    men: tuple[Pair, ...]
    women: tuple[Pair, ...]
    by_names: tuple[Pair, ...]


URDU = NameBook(
    "ur",
    _pairs(
        "محمد=Muhammad,احمد=Ahmed,علی=Ali,حسن=Hassan,حسین=Hussain,عمران=Imran,عمر=Umar,عثمان=Usman,بلال=Bilal,"
        "طارق=Tariq,ندیم=Nadeem,نوید=Naveed,شہزاد=Shahzad,فیصل=Faisal,کاشف=Kashif,وقاص=Waqas,زبیر=Zubair,یوسف=Yousaf,"
        "ابراہیم=Ibrahim,اسماعیل=Ismail,سلمان=Salman,رضوان=Rizwan,عرفان=Irfan,عدنان=Adnan,جاوید=Javed,اکرم=Akram,"
        "اسلم=Aslam,ارشد=Arshad,خالد=Khalid,ساجد=Sajid,عابد=Abid,زاہد=Zahid,شاہد=Shahid,ناصر=Nasir,یاسر=Yasir,"
        "غلام=Ghulam,امجد=Amjad,اعجاز=Ijaz,پرویز=Pervaiz,رشید=Rasheed"
    ),
    _pairs(
        "فاطمہ=Fatima,عائشہ=Ayesha,زینب=Zainab,مریم=Maryam,خدیجہ=Khadija,صائمہ=Saima,ثنا=Sana,نادیہ=Nadia,شازیہ=Shazia,"
        "رخسانہ=Rukhsana,پروین=Parveen,نسرین=Nasreen,شبانہ=Shabana,فرزانہ=Farzana,سمیرا=Sumaira,حنا=Hina,رابعہ=Rabia,"
        "کنول=Kanwal,عظمیٰ=Uzma,صبا=Saba,مدیحہ=Madiha,انعم=Anam,ارم=Iram,بشریٰ=Bushra"
    ),
    _pairs(
        "خان=Khan,ملک=Malik,بٹ=Butt,چوہدری=Chaudhry,شیخ=Sheikh,قریشی=Qureshi,راجپوت=Rajput,گجر=Gujjar,جٹ=Jutt,"
        "انصاری=Ansari,اعوان=Awan,مغل=Mughal,بھٹی=Bhatti,رانا=Rana,آرائیں=Arain,یوسفزئی=Yousafzai,آفریدی=Afridi"
    ),
)

DARI = NameBook(
    "fa_AF",
    _pairs(
        "محمد=Mohammad,احمد=Ahmad,عبدالله=Abdullah,عبدالرحمن=Abdul Rahman,نورالله=Noorullah,حبیب‌الله=Habibullah,"
        "رحمت‌الله=Rahmatullah,ذبیح‌الله=Zabihullah,نجیب‌الله=Najibullah,سمیع‌الله=Samiullah,حمیدالله=Hamidullah,"
        "فرید=Farid,جاوید=Jawid,نصیر=Naseer,وحید=Wahid,مصطفی=Mostafa,مرتضی=Mortaza,رضا=Reza,مهدی=Mahdi,حسین=Hussain,"
        "حسن=Hassan,قاسم=Qasim,یوسف=Yusuf,ابراهیم=Ebrahim,اسماعیل=Esmail,داوود=Dawood,ادریس=Edris,فردین=Fardin,"
        "میلاد=Milad,روح‌الله=Rohullah,عزیز=Aziz,کریم=Karim,رحیم=Rahim,سلیم=Salim,نعیم=Naeem,شفیق=Shafiq"
    ),
    _pairs(
        "فاطمه=Fatima,زهرا=Zahra,مریم=Maryam,معصومه=Masuma,زینب=Zainab,سمیه=Somaya,شکریه=Shukria,فریبا=Fariba,"
        "نرگس=Nargis,لیلا=Laila,حمیده=Hamida,رقیه=Ruqia,صدیقه=Sediqa,حلیمه=Halima,نیلوفر=Nilofar,پروانه=Parwana,"
        "شبنم=Shabnam,مرسل=Mursal,فرشته=Freshta,گلالی=Gulalai"
    ),
    _pairs(
        "احمدی=Ahmadi,محمدی=Mohammadi,رحیمی=Rahimi,کریمی=Karimi,حیدری=Haidari,رضایی=Rezaie,نوری=Noori,صافی=Safi,"
        "حکیمی=Hakimi,امیری=Amiri,یوسفی=Yousufi,ستانکزی=Stanikzai,پوپل=Popal,هاشمی=Hashimi,اکبری=Akbari"
    ),
)

PASHTO = NameBook(
    "ps",
    _pairs(
        "ګل محمد=Gul Mohammad,خان محمد=Khan Mohammad,عبدالله=Abdullah,اسدالله=Asadullah,شیرآغا=Sher Agha,"
        "پاینده=Painda,زلمی=Zalmay,هېواد=Hewad,بریالی=Baryalai,نصرالله=Nasrullah,عصمت الله=Esmatullah,میرویس=Mirwais,"
        "تورپیکی=Torpekai,جانان=Janan,نقیب=Naqib,اکبر=Akbar,صابر=Sabir,طاهر=Tahir,لعل محمد=Lal Mohammad,وزیر=Wazir"
    ),
    _pairs(
        "زرغونه=Zarghona,ملالۍ=Malalai,پلوشه=Palwasha,سپوږمۍ=Spozhmai,بسمینه=Basmina,زرمینه=Zarmina,شگوفه=Shagufa,"
        "هیله=Hila,مینه=Mina,غوټۍ=Ghotai"
    ),
    _pairs(
        "زدران=Zadran,احمدزی=Ahmadzai,مومند=Mohmand,شینواری=Shinwari,وردک=Wardak,نورزی=Noorzai,اڅکزی=Achakzai"
    ),
)

ARABIC = NameBook(
    "ar",
    _pairs(
        "محمد=Mohammed,أحمد=Ahmed,علي=Ali,حسين=Hussein,حسن=Hassan,عباس=Abbas,كريم=Kareem,حيدر=Haider,مصطفى=Mustafa,"
        "مرتضى=Murtadha,عمر=Omar,عثمان=Othman,خالد=Khalid,ياسر=Yasir,سجاد=Sajjad,كرار=Karrar,يوسف=Yousif,إبراهيم=Ibrahim,"
        "عبد الله=Abdullah,صلاح=Salah,جاسم=Jassim,قاسم=Qasim,ماجد=Majid,رعد=Raad,سيف=Saif,زيد=Zaid,أنس=Anas,بلال=Bilal"
    ),
    _pairs(
        "فاطمة=Fatima,زينب=Zainab,مريم=Maryam,نور=Noor,هدى=Huda,سارة=Sara,آية=Aya,رقية=Ruqaya,زهراء=Zahraa,شيماء=Shaimaa,"
        "أسماء=Asmaa,إيمان=Iman,رنا=Rana,دعاء=Duaa,ابتسام=Ibtisam,نادية=Nadia"
    ),
    _pairs(
        "الجبوري=Al-Jubouri,العبيدي=Al-Obaidi,الدليمي=Al-Dulaimi,الساعدي=Al-Saadi,التميمي=Al-Tamimi,الزبيدي=Al-Zubaidi,"
        "الموسوي=Al-Mousawi,الحسيني=Al-Husseini,الشمري=Al-Shammari,الخفاجي=Al-Khafaji,البياتي=Al-Bayati"
    ),
)

SORANI = NameBook(
    "ckb",
    _pairs(
        "ڕێبوار=Rebwar,ئازاد=Azad,کاروان=Karwan,هێمن=Hemin,شوان=Shwan,ئارام=Aram,دلێر=Dler,هاوڕێ=Hawre,سۆران=Soran,"
        "بەختیار=Bakhtiar,ئەحمەد=Ahmed,محەمەد=Mohammed,عومەر=Omer,یوسف=Yousif,ئیبراهیم=Ibrahim,سەردار=Sardar,ڕێکار=Rekar,"
        "هۆشیار=Hoshyar,ژیار=Zhyar,بەرزان=Barzan,نەوزاد=Nawzad,کامەران=Kamaran"
    ),
    _pairs(
        "شیلان=Shilan,ژیان=Zhyan,هێرۆ=Hero,نەرمین=Narmin,شنۆ=Shno,ڕووناک=Runak,چنار=Chnar,تارا=Tara,لانە=Lana,"
        "ئەڤین=Avin,سازان=Sazan,بەیان=Bayan"
    ),
    _pairs(
        "بارزانی=Barzani,هەورامی=Hawrami,جاف=Jaf,زەنگەنە=Zangana,گەردی=Gardi,خۆشناو=Khoshnaw,دزەیی=Dizayee"
    ),
)

BOOKS_BY_COUNTRY = {
    "PK": (URDU, URDU, URDU, PASHTO),
    "AF": (DARI, DARI, PASHTO),
    "IQ": (ARABIC, ARABIC, SORANI),
}
BOOKS_BY_CENTRE = {"EBL": (SORANI, SORANI, ARABIC), "ISU": (SORANI,), "PEW": (PASHTO, URDU)}
