"""Forms for one record: their fields are the columns of its kind, read as cells of a file are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from enterprises.firms.forms.change_forms import day_field
from enterprises.models import Record, RecordField, RecordKind
from enterprises.models.records import FieldRole, FieldType
from enterprises.records.judging import RowJudge
from enterprises.records.kinds import spec_of
from enterprises.records.telling import Telling
from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.cell_source import CellSource, Parser
from enterprises.rosters.definition.records.layouts import layout_of
from enterprises.rosters.definition.row import RosterRow
from enterprises.rosters.definition.vocabulary import Vocabulary
from parks.filters import styled
from parks.models import Unit

LONGEST_REASON = 200
YES_NO = {"yes": True, "no": False}
YES_NO_WORDS = {value: word for word, value in YES_NO.items()}


class CellField(forms.CharField):
    """One value, read by the rules of the column's cells."""

    def __init__(self, parser: Parser, **options: Any) -> None:
        super().__init__(**options)
        self._parse = parser

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            read, _ = self._parse(text, CellSource(Vocabulary()))
        except Unreadable as unreadable:
            raise ValidationError(f"{unreadable.reason}。") from None
        return read


class RecordForm(forms.Form):
    """All columns of a record. Each is named by its code, behind `prefix`: codes are data."""

    def __init__(self, kind: RecordKind, data: Any = None, *, record: Record | None = None) -> None:
        super().__init__(data, prefix="field")
        self.kind, self._record, self._today = kind, record, timezone.localdate()
        parsers = {column.field: column.parse for column in layout_of(spec_of(kind)).columns}
        for column in self._asked():
            self.fields[column.code] = _field(column, parsers[column.code])
        if record is not None:
            self.initial = {column.code: _initial(column, record) for column in self._asked()}
        styled(self)
        self.telling: Telling | None = None
        self.doubts: list[str] = []

    def _asked(self) -> list[RecordField]:
        """Of a known record without its levels and their days, which have an act of their own."""
        if self._record is None or not self.kind.levels:
            return self.kind.columns
        return [
            each
            for each in self.kind.columns
            if each.role not in (FieldRole.LEVEL, FieldRole.SINCE)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        row = self._row(cleaned)
        judge = RowJudge(self.kind, [row], self._today)
        codes = {column.title: column.code for column in self.kind.columns}
        for problem in judge.problems_of(row):
            code = codes[problem.title]
            if problem.blocks:
                self.add_error(
                    code if code in self.fields else None, f"{problem.reason}。{problem.fix}。"
                )
            else:
                self.doubts.append(f"“{problem.title}”：{problem.reason}。{problem.fix}。")
        if not self.errors:
            self.telling = judge.telling(row)
        return cleaned

    def _row(self, cleaned: Mapping[str, Any]) -> RosterRow:
        values = dict(cleaned)
        if self._record is not None:
            known = {each.code: self._record.value_of(each) for each in self.kind.columns}
            values = known | values
        at = {code: number for number, code in enumerate(values)}
        return RosterRow("表单", 1, values, at, values)

    @property
    def told(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the form says of its columns, blanks included; and of the kind's own fields."""
        assert self.telling is not None
        values: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        for column in self._asked():
            if column.role == FieldRole.EXTRA:
                extra[column.code] = self.telling.extra.get(column.code)
            elif column.role == FieldRole.FIRM_CODE:
                values["enterprise"] = self.telling.values.get("enterprise")
            else:
                values[column.role] = self.telling.values.get(column.role)
        if "firm_name" in values:
            values["enterprise"] = self.telling.values.get("enterprise")
        return values, extra


def _field(column: RecordField, parser: Parser) -> forms.Field:
    options: dict[str, Any] = {"label": column.title, "required": column.is_required}
    options["error_messages"] = {"required": f"请填写“{column.title}”。"}
    if column.type == FieldType.CHOICE:
        return _choice([(each["code"], each["name"]) for each in column.choices], options)
    if column.type == FieldType.YES_NO:
        return _YesNoField(**_with_blank([("yes", "是"), ("no", "否")], options))
    if column.type == FieldType.PLACE:
        places = Unit.objects.reporting().values_list("code", "name")
        return _choice(list(places), options)
    if column.type == FieldType.DAY:
        options["widget"] = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return CellField(parser, **options)


def _with_blank(choices: list[tuple[str, str]], options: dict[str, Any]) -> dict[str, Any]:
    wrong = {"invalid_choice": f"没有“{options['label']}”的这一选项。"}
    messages = options["error_messages"] | wrong
    return options | {"choices": [("", "请选择"), *choices], "error_messages": messages}


def _choice(choices: list[tuple[str, str]], options: dict[str, Any]) -> forms.ChoiceField:
    return forms.ChoiceField(**_with_blank(choices, options))


class _YesNoField(forms.ChoiceField):
    def clean(self, value: Any) -> bool | None:
        return YES_NO.get(super().clean(value))


def _initial(column: RecordField, record: Record) -> Any:
    value = record.value_of(column)
    if column.type == FieldType.YES_NO and value is not None:
        return YES_NO_WORDS[bool(value)]
    if column.role == FieldRole.UNIT:
        return value.code if value else ""
    return value


# --- one act on a known record ---
class RecordActForm(forms.Form):
    """`seen`: the last entry that the person has looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(
        label="说明", max_length=LONGEST_REASON, help_text="依据或原因，记入台账账簿。"
    )

    def __init__(self, data: Any = None, *, record: Record, seen: int | None = None) -> None:
        super().__init__(data)
        self.record = record
        self.initial["seen"] = seen
        styled(self)


class ChangeRecordForm(RecordActForm):
    """Stands beside the columns of the record (`RecordForm`)."""


class LevelOfRecordForm(RecordActForm):
    level = forms.ChoiceField(label="级别", error_messages={"required": "请选择级别。"})
    on = day_field("自")
    field_order = ["level", "on", "reason"]

    def __init__(self, *args: Any, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        # A kind without levels offers none: whoever asks for one is told so.
        if (column := record.kind.by_role.get(FieldRole.LEVEL)) is not None:
            self.fields["level"].label = column.title
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            ("", "请选择"),
            *((each["code"], each["name"]) for each in record.kind.levels),
        ]


class DayOfRecordForm(RecordActForm):
    """`role`: the day that is told; not before the record's first."""

    role: str = ""
    field_order = ["on", "reason"]
    on = day_field("日期")

    def __init__(self, *args: Any, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        if (column := record.kind.by_role.get(self.role)) is not None:
            self.fields["on"].label = column.title

    def clean_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["on"]
        if day < self.record.since:
            raise ValidationError(f"不得早于开始日期 {self.record.since}。")
        return day


class ReviewRecordForm(DayOfRecordForm):
    role = FieldRole.REVIEWED


class EndRecordForm(DayOfRecordForm):
    role = FieldRole.UNTIL
    on = day_field("结束日期", may_come=True)


class ReopenRecordForm(RecordActForm):
    """It is in force again, as if it had not ended."""


class ReturnRecordForm(DayOfRecordForm):
    role = FieldRole.RETURNED_ON
    amount = forms.DecimalField(
        label="收回金额（万元）", max_digits=16, decimal_places=2, min_value=0
    )
    field_order = ["on", "amount", "reason"]

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        if self.record.amount is not None and amount > self.record.amount:
            raise ValidationError(f"多于原金额 {self.record.amount} 万元。")
        return amount


class TakeBackEntriesForm(forms.Form):
    reason = forms.CharField(
        label="理由", max_length=LONGEST_REASON, help_text="原账目留存，另记一笔撤销。"
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        styled(self)
