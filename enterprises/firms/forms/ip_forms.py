"""Forms for a firm's intellectual property, item by item."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from enterprises import right_numbers
from enterprises.firms.forms.change_forms import ChangeForm, day_field
from enterprises.models import Enterprise, IpItem, IpKind
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.registry import acts


class IpItemForm(ChangeForm):
    title = "知识产权"
    help = "登记一项企业所有的知识产权；已登记过的，按这次填写的更正，留空的不变。"
    right = forms.ModelChoiceField(
        IpKind.objects.all(), label="类别", to_field_name="code", empty_label="请选择"
    )
    number = forms.CharField(
        label="授权号或登记号",
        max_length=60,
        help_text="照证书填写，空格和专利号前的 ZL 可以不写。",
    )
    # Not `title`: that names the form.
    right_title = forms.CharField(label="知识产权名称", required=False, max_length=200)
    granted_on = day_field("授权或登记日期", "授权公告日，或登记证书上的日期。", required=False)
    ends_on = day_field("保护期至", "最后一天；不知道的不填。", may_come=True, required=False)
    obtained = forms.ChoiceField(
        label="取得方式", required=False, choices=[("", "未知或不变"), *IpItem.Obtained.choices]
    )
    since = day_field(
        "取得日期",
        "受让、受赠、并购的填权利变更日；不填的为授权日期。原登记在别家的，从这一天起转入。",
        required=False,
    )

    def clean_number(self) -> str:
        number = right_numbers.canonical(self.cleaned_data["number"])
        if not number or len(number) > right_numbers.LONGEST:
            raise ValidationError(f"编号应为1至{right_numbers.LONGEST}个字。")
        return number

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        days = {name: told[name] for name in ("granted_on", "ends_on", "since")}
        return acts.RecordIpItem(
            uscc=uscc,
            right=told["right"].code,
            number=told["number"],
            title=told["right_title"],
            obtained=told["obtained"],
            **days,
        )


class OfItemForm(ChangeForm):
    """About an item that is registered."""

    item = forms.ModelChoiceField(IpItem.objects.none(), label="哪一项")

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, firm=firm, **kwargs)
        field: Any = self.fields["item"]
        field.queryset = IpItem.objects.filter(enterprise=firm, until=None).select_related("kind")
        field.label_from_instance = attrgetter("in_full")

    @property
    def named(self) -> dict[str, Any]:
        """The right, as acts name it."""
        item: IpItem = self.cleaned_data["item"]
        return {"right": item.kind_id, "number": item.number}


class EndIpItemForm(OfItemForm):
    title = "知识产权转出、失效"
    help = (
        "转给区外或未登记的单位，或权利终止、无效的。转给区内企业的，在受让企业登记，这里自动终止。"
    )
    how = forms.ChoiceField(label="情形", choices=IpItem.Ending.choices)
    on = day_field("日期", "从这一天起不再归企业所有，或不再有效。")

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        return acts.EndIpItem(uscc=uscc, **self.named, on=told["on"], how=told["how"])


class UseIpItemForm(OfItemForm):
    title = "知识产权用于申报"
    help = (
        "登记某年度高企申报用了这一项；申报未通过的也保留。"
        "正在登记“已申报”的，在申报状态页勾选即可，不必另填。"
    )
    year = forms.IntegerField(label="申报年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    on = day_field("申报日期", "提交申报的日期。")

    def __init__(self, *args: Any, firm: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, firm=firm, **kwargs)
        self.initial["year"] = timezone.localdate().year

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        return acts.UseIpItem(uscc=uscc, **self.named, year=told["year"], on=told["on"])
