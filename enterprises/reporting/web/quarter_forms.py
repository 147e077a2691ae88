"""Forms for running a quarter: opening it, changing its days, letting one unit hand in later."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from enterprises.firms.forms.change_forms import day_field
from enterprises.models import Period, Quarter
from enterprises.models.quarter import quarter_name
from enterprises.reporting import quarters, reminders
from enterprises.reporting.board import LABELS
from parks.filters import StrictForm, styled
from parks.models import Unit, User

YEARS = (2020, 2100)


class QuarterBoardForm(StrictForm):
    """What the board shows, from the address."""

    quarter = forms.CharField(label="季度", required=False, max_length=6)
    state = forms.ChoiceField(label="状态", required=False, choices=list(LABELS.items()))
    late = forms.ChoiceField(label="逾期", required=False, choices=[("1", "只看逾期")])


class OpenForm(forms.Form):
    title, button = "开放季度", "开放"
    help = "开放后，各园区平台和镇街即可报送该季度名册。"
    year = forms.IntegerField(label="年", min_value=YEARS[0], max_value=YEARS[1])
    number = forms.TypedChoiceField(
        label="季度", coerce=int, choices=[(n, quarter_name(n)) for n in (1, 2, 3, 4)]
    )
    due_on = day_field("截止日", "到这一天为止（含）为按时报送。", may_come=True)
    locks_on = day_field("锁定日", "这一天之后不再接收，除非单独延期。", may_come=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        last = Period.before(today)
        self.initial = {
            "year": last.year,
            "number": last.number,
            **quarters.days_from(last, today),
            **self.initial,
        }
        styled(self)

    def clean_locks_on(self) -> dt.date:
        locks_on: dt.date = self.cleaned_data["locks_on"]
        if locks_on < timezone.localdate():
            raise forms.ValidationError(
                f"锁定日{locks_on:%Y-%m-%d}已过，开放后没有单位能报送，请改为今天或以后的日子。"
            )
        return locks_on

    def carry_out(self, by: User) -> Quarter:
        values = self.cleaned_data
        period = Period(values["year"], values["number"])
        days = {"due_on": values["due_on"], "locks_on": values["locks_on"]}
        quarter = quarters.open_quarter(period, by=by, days=days)
        reminders.announce(quarter)
        return quarter


class QuarterActForm(forms.Form):
    """A form for something that is done to one quarter."""

    title = help = button = ""

    def __init__(self, *args: Any, quarter: Quarter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quarter = quarter
        styled(self)

    def carry_out(self, by: User) -> str:
        """Do it; returns what was done, as a sentence. Raises Refusal."""
        raise NotImplementedError


class DaysForm(QuarterActForm):
    title, button = "调整截止日和锁定日", "保存"
    help = "对全部单位有效。只给一个单位延期的，请用“单独延期”。"
    due_on = day_field("截止日", "到这一天为止（含）为按时报送。", may_come=True)
    locks_on = day_field("锁定日", "这一天之后不再接收。", may_come=True)
    reason = forms.CharField(
        label="理由", max_length=200, help_text="写明依据，如来文或会议；记入报送经过。"
    )

    def __init__(self, *args: Any, quarter: Quarter, **kwargs: Any) -> None:
        super().__init__(*args, quarter=quarter, **kwargs)
        self.initial = {"due_on": quarter.due_on, "locks_on": quarter.locks_on, **self.initial}

    def carry_out(self, by: User) -> str:
        due, locks = self.cleaned_data["due_on"], self.cleaned_data["locks_on"]
        reason = self.cleaned_data["reason"]
        quarters.change_days(self.quarter, due_on=due, locks_on=locks, reason=reason, by=by)
        return f"{self.quarter}截止日为{due:%Y-%m-%d}，锁定日为{locks:%Y-%m-%d}。"


class ExtensionForm(QuarterActForm):
    title, button = "单独延期", "批准延期"
    help = "锁定之后，仍允许这个单位报送到所填日期。是否逾期仍按截止日判断。"
    unit = forms.ModelChoiceField(
        Unit.objects.reporting(),
        label="单位",
        empty_label="请选择",
        to_field_name="code",
    )
    until = day_field("延期至（含）", may_come=True)
    reason = forms.CharField(label="理由", max_length=200)

    def __init__(self, *args: Any, quarter: Quarter, **kwargs: Any) -> None:
        super().__init__(*args, quarter=quarter, **kwargs)
        self.fields["until"].help_text = f"须晚于锁定日 {quarter.locks_on:%Y-%m-%d}。"
        # From today where the lock is past: a week after it may be over already.
        from_day = max(quarter.locks_on, timezone.localdate())
        self.initial.setdefault("until", from_day + dt.timedelta(days=7))

    def carry_out(self, by: User) -> str:
        unit, until = self.cleaned_data["unit"], self.cleaned_data["until"]
        reason = self.cleaned_data["reason"]
        quarters.grant_exception(self.quarter, unit, until=until, reason=reason, by=by)
        return f"{unit}可报送{self.quarter}名册到{until:%Y-%m-%d}。"


FORMS: dict[str, type[QuarterActForm]] = {"days": DaysForm, "extension": ExtensionForm}
"""Code of the act, as it stands in the address → its form."""
