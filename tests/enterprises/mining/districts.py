"""Invented districts, written straight into the tables: amounts lie at the bounds of the conditions, and many are missing."""

import datetime as dt
import random
from decimal import Decimal

from enterprises.models import (
    Closure,
    Enterprise,
    Incident,
    IpClassRule,
    IpItem,
    Placement,
    PoolEntry,
    Qualification,
    QualificationKind,
    TechField,
    YearlyFigures,
)
from parks import table_statistics
from parks.models import Unit
from tests.firms import code

FORMS = [
    "有限责任公司（自然人独资）",
    "股份有限公司",
    "其他有限责任公司",
    "有限责任公司分公司",
    "个人独资企业",
    "",
    "全民所有制",
]
CENT = Decimal("0.01")
WRITTEN = [
    Closure,
    Enterprise,
    Incident,
    IpItem,
    Placement,
    PoolEntry,
    Qualification,
    YearlyFigures,
]


class District:
    """Of a number of firms by a chance, as of a day."""

    def __init__(self, seed: str, day: dt.date, firms: int) -> None:
        self.pick, self.day = random.Random(seed), day
        self.pick_rung = random.Random(f"{seed}:rungs")
        self.fields = list(TechField.objects.all())
        self.parks, self.towns = list(Unit.objects.parks()), list(Unit.objects.towns())
        self.kinds = {kind.code: kind for kind in QualificationKind.objects.all()}
        self.made = Enterprise.objects.bulk_create(
            [self._firm(number) for number in range(1, firms + 1)]
        )
        for make in (
            self._placement,
            self._closure,
            self._certificate,
            self._rung,
            self._pool_entry,
        ):
            rows = [row for firm in self.made for row in make(firm)]
            if rows:
                type(rows[0]).objects.bulk_create(rows)
        YearlyFigures.objects.bulk_create(
            [row for firm in self.made for row in self._returns(firm)]
        )
        Incident.objects.bulk_create([row for firm in self.made for row in self._answers(firm)])
        # From tomorrow on designs are class I: an application of today knows nothing of it.
        tomorrow = day + dt.timedelta(days=1)
        IpClassRule.objects.create(kind_id="design", since=tomorrow, ip_class="1", document="新规")
        IpClassRule.objects.create(kind_id="software", since=day, ip_class="1", document="新规")
        IpItem.objects.bulk_create(
            [row for number in range(firms // 2) for row in self._right(number)]
        )
        # Else the planner takes them for empty or for another test's: seconds become minutes.
        table_statistics.refresh(WRITTEN)

    def _often(self, share: float) -> bool:
        return self.pick.random() < share

    def _firm(self, number: int) -> Enterprise:
        name = f"江津生成{number:04d}公司"
        return Enterprise(
            uscc=code(number),
            name=name,
            name_key=name,
            registered_on=self._registered(),
            legal_form=self.pick.choice(FORMS[:3] if self._often(0.8) else FORMS),
            tech_field=self.pick.choice(self.fields) if self._often(0.9) else None,
            voided_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC) if self._often(0.02) else None,
        )

    def _registered(self) -> dt.date | None:
        year = self.day.year
        near = [
            *(self.day - dt.timedelta(days=days) for days in (0, 364, 365, 366)),
            *(dt.date(year - back, 1, 1) for back in range(4)),
            *(dt.date(year - back, 12, 31) for back in range(1, 5)),
            None,
        ]
        return (
            self.pick.choice(near)
            if self._often(0.3)
            else dt.date(2000 + self.pick.randrange(18), 5, 6)
        )

    def _placement(self, firm: Enterprise) -> list[Placement]:
        if self._often(0.03):
            return []
        park = self.pick.choice(self.parks) if self._often(0.8) else None
        until = (
            self.pick.choice([self.day, self.day + dt.timedelta(days=1)])
            if self._often(0.1)
            else None
        )
        since = self.day if self._often(0.05) and until != self.day else dt.date(2019, 1, 1)
        return [
            Placement(
                enterprise=firm,
                park=park,
                town=self.pick.choice(self.towns),
                since=since,
                until=until,
            )
        ]

    def _closure(self, firm: Enterprise) -> list[Closure]:
        if self._often(0.94):
            return []
        reopened = self.pick.choice([None, self.day, self.day + dt.timedelta(days=9)])
        return [
            Closure(
                enterprise=firm, closed_on=self.day - dt.timedelta(days=3), reopened_on=reopened
            )
        ]

    def _certificate(self, firm: Enterprise) -> list[Qualification]:
        if self._often(0.6):
            return []
        until = self.day + dt.timedelta(days=self.pick.choice([-400, -1, 0, 1, 500]))
        revoked = self.day + dt.timedelta(days=self.pick.randrange(2)) if self._often(0.1) else None
        return [
            Qualification(
                enterprise=firm,
                kind=self.kinds["hnte" if self._often(0.8) else "tech"],
                number=f"GR{firm.uscc[10:17]}",
                valid_from=until.replace(year=until.year - 3, day=min(until.day, 28)),
                valid_until=until,
                revoked_on=revoked,
            )
        ]

    def _rung(self, firm: Enterprise) -> list[Qualification]:
        """One of the ladder; by a chance of its own, so that the rest of a district stays as it is."""
        pick = self.pick_rung
        if pick.random() < 0.7:
            return []
        kind = pick.choice(["innovative_sme", "innovative_sme", "srdi", "little_giant"])
        until = self.day + dt.timedelta(days=pick.choice([-1, 0, 700]))
        return [
            Qualification(
                enterprise=firm,
                kind=self.kinds[kind],
                number=f"{kind}{firm.uscc[10:17]}",
                valid_from=dt.date(2023, 5, 6),
                valid_until=until,
            )
        ]

    def _pool_entry(self, firm: Enterprise) -> list[PoolEntry]:
        if self._often(0.8):
            return []
        until = self.pick.choice([None, self.day, self.day + dt.timedelta(days=1)])
        return [PoolEntry(enterprise=firm, stage="seed", since=dt.date(2024, 1, 1), until=until)]

    def _answers(self, firm: Enterprise) -> list[Incident]:
        found = {}
        for _ in range(self.pick.choice([0, 1, 1, 1, 2])):
            kind = self.pick.choice(["none", "none", "none", "none", "safety"])
            on = self.day - dt.timedelta(days=self.pick.choice([-1, 0, 100, 364, 365, 366, 700]))
            withdrawn = self.day if self._often(0.1) else None
            found[kind, on] = Incident(
                enterprise=firm, kind=kind, on=on, source="应急局", withdrawn_on=withdrawn
            )
        return list(found.values())

    def _right(self, number: int) -> list[IpItem]:
        """One right and its owners, one after the other."""
        kind = self.pick.choice(["invention", "utility_model", "design", "software", "trademark"])
        near = [self.day + dt.timedelta(days=days) for days in (-400, -30, -1, 0, 1)]
        days = sorted(self.pick.sample(near, self.pick.choice([1, 1, 2, 3])))
        ends_on = self.pick.choice([None, None, *[day for day in near if day >= days[-1]]])
        rows = []
        for since, until in zip(days, [*days[1:], None], strict=True):
            used = self.day.year - self.pick.choice([0, 1, 3]) if self._often(0.3) else None
            rows.append(
                IpItem(
                    enterprise=self.pick.choice(self.made),
                    kind_id=kind,
                    number=f"N{number}",
                    granted_on=days[0],
                    since=since,
                    until=until,
                    ending="transferred" if until else "",
                    ends_on=ends_on,
                    obtained=self.pick.choice(["own", "bought", ""]),
                    used_first=used,
                    used_last=used,
                )
            )
        return rows

    # --- returns ---
    def _returns(self, firm: Enterprise) -> list[YearlyFigures]:
        if self._often(0.06):
            return []
        gaps = self._often(0.5)
        years = range(self.day.year - 5, self.day.year + 1)
        return [self._return(firm, year, gaps) for year in years if not (gaps and self._often(0.2))]

    def _return(self, firm: Enterprise, year: int, gaps: bool) -> YearlyFigures:
        sales = self._sales()
        staff = self.pick.choice([0, 1, 10, 19, 20, 21, 40, 100])
        values: dict[str, object] = {
            "revenue": sales,
            "rd_expense": self._about(sales * self.pick.choice([3, 4, 5]) / 100),
            "staff": staff,
            "rd_staff": min(staff, max(0, staff // 10 + self.pick.choice([-1, 0, 0, 1, 5]))),
            "ip_class1": self.pick.choice([0, 0, 0, 1, 3]),
            "ip_class2": self.pick.choice([0, 1, 4, 9]),
            "ip_class2_used": self.pick.choice([0, 0, 1, 4]),
            "ip_own": self.pick.randrange(5),
            "conversions": self.pick.randrange(8),
            "gross_income": sales,
            "nontaxable_income": self.pick.choice([Decimal(0), Decimal("0.01"), sales]) if self._often(0.2) else Decimal(0),
            "hightech_share": self.pick.choice([Decimal("59.99"), Decimal(60), Decimal("60.01"), Decimal(90)]),
            "assets": self._sales(),
            "liabilities": self._sales(),
            "costs": self._sales(),
        }  # fmt: skip
        values["rd_domestic"] = self._about(Decimal(str(values["rd_expense"])) * 60 / 100)
        values["hightech_income"] = self._about(sales * 60 / 100)
        if gaps:
            values = {name: value for name, value in values.items() if not self._often(0.12)}
        return YearlyFigures(enterprise=firm, year=year, **values)

    def _sales(self) -> Decimal:
        if self._often(0.05):
            return Decimal(0)
        bound = self.pick.choice([Decimal(5000), Decimal(20000)])
        if self._often(0.3):
            return bound + self.pick.choice([-CENT, Decimal(0), CENT])
        return Decimal(self.pick.randrange(1, 3_000_000)) / 100

    def _about(self, amount: Decimal) -> Decimal:
        """At the bound, a cent off it, or well above."""
        rounded = amount.quantize(CENT)
        if self._often(0.5):
            return rounded * 2
        return max(Decimal(0), rounded + self.pick.choice([-CENT, Decimal(0), CENT]))
