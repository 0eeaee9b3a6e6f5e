"""What people ask and what is answered and noted, in a few languages; invented, typical, about nobody."""

from __future__ import annotations

QUESTIONS = {
    "ur": (
        "السلام علیکم، کیا دبئی کی اس نوکری کا ویزا اصلی ہے؟ ایجنٹ چار لاکھ مانگ رہا ہے۔",
        "میں سعودی عرب میں ہوں، کمپنی تنخواہ نہیں دے رہی۔ کیا کروں؟",
        "جرمنی میں پڑھائی کے لیے کون سے کاغذات چاہئیں؟",
        "میں واپس آ گیا ہوں، کام شروع کرنے میں مدد مل سکتی ہے؟",
    ),
    "ps": (
        "سلام، زه غواړم قانوني لارې بهر ته د کار لپاره لاړ شم. څه باید وکړم؟",
        "زما ورور په لاره کې دی او درک یې نشته. مرسته کولی شئ؟",
    ),
    "fa_AF": (
        "سلام، از طریق ایران به اروپا رفتن چقدر خطر دارد؟",
        "ویزای تحصیلی ترکیه چطور بگیرم؟",
        "من تازه برگشته‌ام، برای کار کمک می‌خواهم.",
    ),
    "ar": (
        "السلام عليكم، عدت من ألمانيا قبل شهر وأحتاج مساعدة في السكن والعمل.",
        "هل عقد العمل هذا في قطر صحيح؟",
        "كيف أحصل على تأشيرة دراسة؟",
    ),
    "ckb": (
        "سڵاو، دەمەوێت بزانم چۆن بە یاسایی بچمە ئەوروپا.",
        "گەڕاومەتەوە و پێویستم بە کارە، دەتوانن یارمەتیم بدەن؟",
    ),
}
ANSWERS = {
    "ur": (
        "وعلیکم السلام، شکریہ کہ آپ نے پوچھا۔ براہ کرم ایجنٹ کا لائسنس نمبر اور پرمیشن نمبر بھیج دیں، ہم جانچ کر بتائیں گے۔",
        "ہم آپ کے ساتھ ہیں۔ آپ کل صبح دس بجے مرکز آ سکتے ہیں یا ہم فون کریں؟",
    ),
    "ps": ("وعلیکم سلام، مننه چې پوښتنه مو وکړه. موږ درته قانوني لارې تشریح کوو.",),
    "fa_AF": ("سلام، تشکر از پیام شما. این راه بسیار خطرناک است؛ راه‌های قانونی را برای‌تان شرح می‌دهیم.",),
    "ar": ("وعليكم السلام، شكراً لتواصلك. يمكننا تحديد موعد معك هذا الأسبوع.",),
    "ckb": ("سڵاو، سوپاس بۆ پەیامەکەت. دەتوانین ئەم هەفتەیە چاوپێکەوتنت بۆ دابنێین.",),
}
NOTES = (
    "Asked about a job offer in the Gulf. Explained how to check the promoter's licence and the permission number; "
    "will send photographs of the contract.",
    "Explained the risks of the irregular route and the options at home. Wants to think it over with the family.",
    "Returned four months ago. Interested in a vocational course; knows nobody at the training centre.",
    "Passport withheld by the employer. Told where to seek help abroad; a call back was agreed for the evening.",
    "Wants to study abroad. Gave the scholarship sheet and explained the steps of a visa application.",
    "Came with a brother. Questions on family reunification; documents are incomplete.",
)
SUMMARIES = (
    "Job offer to be checked before money is paid.",
    "Return after three years abroad; needs work and documents.",
    "Family reunification; documents to be completed.",
    "Wages unpaid abroad; wants to come home safely.",
    "Plans to study; needs guidance on visa and scholarship.",
    "Considering the irregular route; looking for options at home.",
)
