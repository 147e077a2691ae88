"""Records and firms as their users were told of them, and what one counts of them by hand.

Only what the portal accepted is kept. It shares no code with the counting.
"""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

from django.test import Client
from django.urls import reverse

from enterprises import registry
from enterprises.models import RecordEntry
from enterprises.records import kinds
from enterprises.registry import acts
from tests.firms import firm

PLACES = ["degan", "shuangfu", "500116002"]
KINDS = {kind["code"]: kind for kind in kinds.shipped()}
OUTSIDE = ["万州外来公司", "合川外来公司"]


def column(kind, role):
    return next((each for each in KINDS[kind]["fields"] if each.get("role") == role), None)


class World:
    """The portal as its users reach it, and beside it what they were told was done."""

    def __init__(self, bureau):
        self.bureau, self.client = bureau, Client()
        self.client.force_login(bureau, backend="django.contrib.auth.backends.ModelBackend")
        self.firms = [
            SimpleNamespace(
                row=row, stays=[[dt.date(2015, 3, 1), None, "degan"]], closed=None, held=held
            )
            for row, held in (
                (firm(hnte=True), {"hnte": (dt.date(2025, 6, 30), dt.date(2028, 6, 30))}),
                (firm(hnte_lapsed=True), {"hnte": (dt.date(2023, 6, 29), dt.date(2026, 6, 29))}),
                (firm(tech=True), {"tech": (dt.date(2020, 5, 6), None)}),
                (firm(), {}),
            )
        ]
        self.records = []

    # --- what people do ---
    def enter(self, kind, fields, who):
        told, named = dict(fields), ""
        holder = None
        if column(kind, "firm_name"):
            holder = self.firms[who[1]] if who[0] == "firm" else None
            named = holder.row.name if holder else OUTSIDE[who[1]]
            told["firm_name"] = named
            if holder:
                told["firm_code"] = holder.row.uscc
        answer = self._send("records/", {"kind": kind, "fields": told})
        if answer.status_code == 201:
            by_role = {
                each["role"]: fields.get(each["code"])
                for each in KINDS[kind]["fields"]
                if "role" in each
            }
            since = dt.date.fromisoformat(by_role["since"])
            first = {"since": since, "until": None, "returned": None, "level": None}
            if by_role.get("level"):
                first["level"] = (since, by_role["level"])
            self.records.append(
                SimpleNamespace(
                    pk=answer.json()["id"], kind=kind, holder=holder, named=named,
                    unit=by_role.get("unit"), klass=by_role.get("klass"), amount=by_role.get("amount"),
                    extra={each["code"]: fields.get(each["code"]) for each in KINDS[kind]["fields"]},
                    words=[first], is_void=False,
                )
            )  # fmt: skip

    def act(self, what, at, *told):
        if not self.records:
            return
        record = self.records[at % len(self.records)]
        if record.is_void:
            return
        if what == "take back":
            self._take_back(record)
            return
        body, word = self._told(record, what, told)
        last = RecordEntry.objects.filter(record=record.pk).latest("pk").pk
        body |= {"act": what, "seen": last, "reason": "按文件"}
        if self._send(f"records/{record.pk}/changes/", body).status_code == 200:
            record.words.append(word)

    def _told(self, record, what, told):
        if what == "level":
            offered = (column(record.kind, "level") or {}).get("choices") or [{"code": "none"}]
            level = offered[told[0] % len(offered)]["code"]
            return {"level": level, "on": str(told[1])}, {"level": (told[1], level)}
        if what == "return":
            return {"amount": str(told[0]), "on": str(told[1])}, {"returned": (told[1], told[0])}
        if what == "reopen":
            return {}, {"until": None}
        return {"on": str(told[0])}, {"until": told[0]} if what == "end" else {}

    def _take_back(self, record):
        """The newest word that still stands; the first takes the whole record away."""
        entry = RecordEntry.objects.in_force().filter(record=record.pk).latest("pk")
        address = reverse("record_take_back", args=[record.pk, entry.pk])
        self.client.post(
            address,
            {
                "reason": "录错",
                "seen": RecordEntry.objects.filter(record=record.pk).latest("pk").pk,
            },
        )
        if RecordEntry.objects.filter(undoes=entry).exists():
            record.words.pop()
            record.is_void = not record.words

    def _send(self, path, body):
        answer = self.client.post(f"/api/v1/{path}", body, content_type="application/json")
        assert answer.status_code in (200, 201, 400, 409), answer.content.decode()
        return answer

    # --- what happens to firms ---
    def happen(self, what, at, *told):
        one = self.firms[at]
        code, day = one.row.uscc, told[-1]
        last = one.stays[-1]
        if one.closed or last[1] or day <= last[0]:
            return
        if what == "move" and told[0] != last[2]:
            in_park = told[0] != PLACES[-1]
            place = {"park": told[0] if in_park else "", "town": PLACES[-1]}
            self._apply(acts.Move(uscc=code, on=day, confirmed=True, **place))
            last[1] = day
            one.stays.append([day, None, told[0]])
        elif what == "leave":
            self._apply(acts.Leave(uscc=code, on=day, confirmed=True))
            last[1] = day
        elif what == "close":
            self._apply(acts.Close(uscc=code, on=day, confirmed=True))
            one.closed = day

    def _apply(self, act):
        registry.apply([act], by=self.bureau, reason="按文件")

    # --- what one counts by hand ---
    def counted(self, reckoning, on, unit):
        found = [each for each in self.records if self._counts(each, reckoning, on, unit)]
        of = reckoning.get("of", "records")
        if of == "firms":
            keys = {id(each.holder) if each.holder else each.named for each in found}
            return len(keys - {""})
        if of == "amount":
            return sum((self._amount(each, on) for each in found), Decimal())
        if of == "number":
            return sum(each.extra.get(reckoning["field"]) or 0 for each in found)
        return len(found)

    def _counts(self, record, reckoning, on, unit):
        if record.is_void or record.kind != reckoning["kind"]:
            return False
        kind = KINDS[record.kind]
        since, until, level = self._as_of(record, on)
        if kind.get("happens"):
            in_time = dt.date(on.year, 1, 1) <= since <= on
        else:
            in_time = since <= on and (until is None or on < until)
            if kind.get("ends_with_firm") and record.holder:
                in_time = in_time and self._is_here(record.holder, on)
        units = [*reckoning.get("units", ()), *([unit] if unit else ())]
        asked = reckoning.get("levels"), reckoning.get("classes"), reckoning.get("among")
        told = level, record.klass, record.extra.get(reckoning.get("field", ""))
        day = since if kind.get("happens") else on
        return (
            in_time
            and all(
                wanted is None or value in wanted for wanted, value in zip(asked, told, strict=True)
            )
            and ("yes" not in reckoning or record.extra.get(reckoning["yes"]) is True)
            and all(self._unit(record, on) == each for each in units)
            and (
                "holders" not in reckoning or self._holds(record.holder, reckoning["holders"], day)
            )
        )

    @staticmethod
    def _as_of(record, on):
        levels = dict(word["level"] for word in record.words if word.get("level"))
        untils = [word["until"] for word in record.words if "until" in word]
        held = [levels[day] for day in sorted(levels) if day <= on]
        since = min([record.words[0]["since"], *levels])
        return since, untils[-1], held[-1] if held else None

    @staticmethod
    def _amount(record, on):
        returned = [word["returned"] for word in record.words if word.get("returned")]
        back = returned[-1][1] if returned and returned[-1][0] <= on else 0
        return Decimal(record.amount or 0) - back

    @staticmethod
    def _stay(one, on):
        return next(
            (stay for stay in one.stays if stay[0] <= on and (not stay[1] or on < stay[1])), None
        )

    def _is_here(self, one, on):
        return self._stay(one, on) is not None and not (one.closed and one.closed <= on)

    def _unit(self, record, on):
        if record.holder is None:
            return record.unit
        stay = self._stay(record.holder, on)
        return stay and stay[2]

    @staticmethod
    def _holds(one, kind, day):
        if one is None or kind not in one.held:
            return False
        since, until = one.held[kind]
        return since <= day and (until is None or day <= until)
