"""What the office writes of a quarter's bulletin: its head, its foot, and its words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing

from parks.filters import styled
from targets.drafts import keeping
from targets.drafts.keeping import BulletinWriting, Drafted
from targets.drafts.paragraphs import lines_of, numbered
from targets.models.bulletin import MOST_WORDS

SALT = "targets.drafts"
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
HEAD_FIELDS = (
    "organ", "symbol_year", "symbol_number", "issue", "signer",
    "addressees", "copies", "printer", "printed_on",
)  # fmt: skip
WORD_FIELDS = ("problems", "steps")
LOST = "本页放得太久或不完整，不知道文字据哪一天的数字起草，没有保存。请按数字重新起草后再保存，文字还在。"


def _words(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 20}),
        help_text="一行一段；行首有（一）的自动顺次编号",
        error_messages={
            "required": f"请写{label}；没有的写一句说明。",
            "max_length": f"最多{MOST_WORDS}字，现有%(show_value)s字。",
        },
    )


def _number(label: str, largest: int, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=largest,
        help_text=help_text,
        error_messages={
            "invalid": "请填整数。",
            "min_value": "请填1以上的整数。",
            "max_value": f"最大{largest}。",
        },
    )


class BulletinForm(forms.Form):
    """`seen`: number of the row that the writer looked at, 0 for none. `base`: what the figures said."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    base = forms.CharField(widget=forms.HiddenInput)
    organ = forms.CharField(
        label="发文机关代字", max_length=20, required=False, help_text="留空则不印发文字号"
    )
    symbol_year = _number("发文年份", 9999)
    symbol_number = _number("发文顺序号", 99_999, "还没有编号的先留空，通报中留出空位")
    issue = _number("期号", 999, "不分期的留空")
    signer = forms.CharField(
        label="签发人", max_length=30, required=False, help_text="上行文才印，一般留空"
    )
    addressees = forms.CharField(
        label="主送", max_length=300, error_messages={"required": "请填主送单位。"}
    )
    copies = forms.CharField(label="抄送", max_length=300, required=False)
    printer = forms.CharField(
        label="印发机关", max_length=60, required=False, help_text="留空则不印版记"
    )
    printed_on = forms.DateField(
        label="印发日期",
        required=False,
        widget=DAY,
        help_text="留空为发布之日",
        error_messages={"invalid": "请填日期，如 2026-12-03。"},
    )
    problems = _words("存在问题")
    steps = _words("下一步工作")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        styled(self)

    def clean_base(self) -> Drafted:
        try:
            kept = signing.loads(self.cleaned_data["base"], salt=SALT)
        except signing.BadSignature as error:
            raise forms.ValidationError(LOST) from error
        return keeping.read_drafted(kept)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # A number needs a year; the organ's mark may be dropped for papers without a symbol.
        if cleaned.get("organ") and not cleaned.get("symbol_year") and "symbol_year" in cleaned:
            self.add_error("symbol_year", "有发文机关代字的，请填发文年份。")
        for name in WORD_FIELDS:
            cleaned[name] = "\n".join(numbered(lines_of(cleaned.get(name) or "")))
        for name in ("addressees", "copies"):
            # The layout sets these marks itself.
            cleaned[name] = (cleaned.get(name) or "").rstrip("。：:，, ")
        return cleaned

    @property
    def writing(self) -> BulletinWriting:
        names = BulletinWriting.__dataclass_fields__
        return BulletinWriting(**{name: self.cleaned_data[name] for name in names})

    @property
    def head_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in HEAD_FIELDS]

    @property
    def word_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in WORD_FIELDS]


def initial(writing: BulletinWriting, drafted: Drafted, seen: int) -> dict[str, Any]:
    values = {name: getattr(writing, name) for name in BulletinWriting.__dataclass_fields__}
    return values | {"seen": seen, "base": signed(drafted)}


def signed(drafted: Drafted) -> str:
    """What the figures said, to come back with the form as it went out."""
    return signing.dumps(drafted.kept, salt=SALT, compress=True)
