"""Forms with which a unit hands in its roster: the file, the nil return, what it says of a firm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from enterprises.loading import storage
from enterprises.models import Contradicted, RosterFirm, Settled
from enterprises.reporting.answers import Answer
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.years import figure_columns
from parks.district import DISTRICT
from parks.models import Unit

CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}
SURE, LIKELY = 0.9, 0.7
"""Confidence from which the suggested column is called sure, and likely."""


class RosterFileForm(forms.Form):
    roster = forms.FileField(
        label="名册文件",
        widget=forms.FileInput(
            attrs={
                "accept": ",".join(storage.EXTENSIONS),
                "class": "form-control",
                "data-max-bytes": settings.MAX_REGISTER_BYTES,
                "data-max-total": settings.MAX_REGISTER_BYTES,
            }
        ),
        error_messages={"required": "请选择文件。", "empty": "文件为空。"},
    )
    reason = forms.CharField(
        label="更正理由",
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args: Any, correcting: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A correction of a roster in force has to be explained.
        self.fields["reason"].required = correcting
        self.fields["reason"].error_messages["required"] = "本季度名册已入库，更正须写明理由。"
        self.correcting = correcting

    def clean_roster(self) -> Any:
        file = self.cleaned_data["roster"]
        if reason := storage.objection(file.name, file.size):
            raise ValidationError(reason)
        return file


class NilForm(forms.Form):
    sure = forms.BooleanField(
        label="本单位本季度没有科技型企业和高新技术企业，名册为空",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        error_messages={"required": "请先勾选确认。"},
    )
    reason = forms.CharField(
        label="更正理由",
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


def _day_of_answer(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs=CONTROL | {"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期无效，请按 2026-09-15 填写。"},
    )


class FirmAnswerForm(forms.Form):
    """What the unit says of one firm.

    `places`: (id, name) of the units to which a firm can move.
    """

    word = forms.ChoiceField(label="原因", required=False, widget=forms.Select(attrs=SELECT))
    day = _day_of_answer("日期")
    to_unit = forms.ChoiceField(label="去向单位", required=False, widget=forms.Select(attrs=SELECT))
    renamed_on = _day_of_answer("更名日期")
    note = forms.CharField(
        label="补充说明", required=False, max_length=200, widget=forms.TextInput(attrs=CONTROL)
    )

    def __init__(self, firm: RosterFirm, places: list[tuple[str, str]], data: Any = None) -> None:
        answered = {name: getattr(firm, name) for name in ("word", "day", "renamed_on", "note")}
        answered["to_unit"] = str(firm.to_unit_id or "")
        # The code of the firm keeps the forms of one page apart.
        super().__init__(data, prefix=firm.uscc, initial=answered)
        self.firm = firm
        choices = {"word": RosterFirm.Word.choices, "to_unit": places}
        for name, offered in choices.items():
            field: Any = self.fields[name]
            field.choices = [("", "请选择"), *offered]
        self._drop_fields_not_asked()
        self.points = firm.contradicted
        for point in self.points:
            self._ask_about(point)
        # Whatever else there is to say stands behind the questions.
        self.order_fields([name for name in self.fields if name != "note"])

    def _ask_about(self, point: Contradicted) -> None:
        """Fields for one contradiction: what is right and, where an answer needs them, day, reason."""
        said = self.firm.settled(point.kind)
        choice = forms.ChoiceField(
            label=point.label, required=False, widget=forms.Select(attrs=SELECT)
        )
        choice.choices = [("", "请选择"), *point.choices]
        asked: dict[str, tuple[forms.Field, Any]] = {"choice": (choice, said.choice)}
        if point.asks_day:
            asked["on"] = _day_of_answer("日期"), said.day
        if point.asks_note:
            reason = forms.CharField(
                label="原因",
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs=CONTROL),
            )
            asked["because"] = reason, said.note
        for name, (field, value) in asked.items():
            self.fields[f"{point.kind}_{name}"] = field
            self.initial[f"{point.kind}_{name}"] = value

    def _drop_fields_not_asked(self) -> None:
        missing = self.firm.kind == RosterFirm.Kind.MISSING
        # A form has only the fields that are asked for; a dropped one keeps its stored value.
        if not missing:
            del self.fields["word"], self.fields["to_unit"]
        if not missing and not self.firm.relocated:
            del self.fields["day"]
        if not self.firm.registered_name:
            del self.fields["renamed_on"]
        if "day" in self.fields and not missing:
            self.fields["day"].label = "迁移日期"

    @property
    def questions(self) -> str:
        """Why the unit is asked about the firm and what it shall tell, as sentences."""
        firm, sentences = self.firm, []
        if firm.is_missing:
            certificate = "、高企证书仍有效" if firm.holds_certificate else ""
            sentences.append(f"登记在本单位{certificate}，名册没有列。")
        if firm.relocated:
            sentences.append(self._question_of_move())
        if firm.registered_name:
            sentences.append(f"登记名称是“{firm.registered_name}”，请填更名日期。")
        sentences += [point.text for point in self.points]
        return "".join(sentences)

    def _question_of_move(self) -> str:
        unit = self.firm.from_unit
        if unit is None:
            return f"登记已迁出{DISTRICT.short_name}，请填迁回日期。"
        if unit.pk == self.firm.version.roster.unit_id:
            return "所在镇街与登记不同，请填迁移日期。"
        return f"登记在{unit}，请填迁入本单位的日期；报送后由科技局确认。"

    @property
    def was_sent(self) -> bool:
        """False for a firm that came onto the page after it was opened: it has no entries."""
        return any(self.add_prefix(name) in self.data for name in self.fields)

    def to_answer(self, units: dict[str, Unit]) -> Answer:
        """The form as an answer.

        `units`: id as the form sends it → unit. A dropped field says nothing.
        """
        values = self.cleaned_data
        return Answer(
            word=values.get("word"),
            day=values.get("day"),
            to_unit=units.get(values.get("to_unit", "")),
            renamed_on=values.get("renamed_on"),
            note=values.get("note"),
            settlements={point.kind: self._settled(point.kind) for point in self.points},
        )

    def _settled(self, kind: str) -> Settled:
        values = self.cleaned_data
        return Settled(
            choice=values[f"{kind}_choice"],
            day=values.get(f"{kind}_on"),
            note=values.get(f"{kind}_because", "").strip(),
        )


def column_choices() -> list[tuple[str, str]]:
    columns = [(column.field, column.title) for column in ROSTER.columns]
    further = [
        (column.field, f"{column.title}（列名写明年度的）")
        for column in figure_columns()
        if column.field not in ROSTER.fields
    ]
    return [("", "不读取这一列"), *columns, *further]


def confidence_in_words(confidence: float) -> str:
    if confidence >= SURE:
        return "很可能就是这一列"
    if confidence >= LIKELY:
        return "可能是这一列，请核对"
    return "不确定，请选择"
