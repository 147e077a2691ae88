"""Acts that correct what identifies a firm or a certificate: it stays the same, with its history."""

from __future__ import annotations

from dataclasses import dataclass

from enterprises.models import LedgerEntry, Qualification
from enterprises.registry.acts.base import Act
from enterprises.registry.firm_facts import FirmFacts
from enterprises.uscc import problem

Kind = LedgerEntry.Act


@dataclass(frozen=True, kw_only=True)
class CorrectCode(Act):
    """The firm was registered under a wrong code; `code` is the right one.

    The firm keeps all its facts. Later acts of the same call name it by the new code. Two
    registered firms cannot become one.
    """

    code: str

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.uscc, self.code)

    @property
    def code_after(self) -> str:
        return self.code

    def carry_out(self, firm: FirmFacts) -> None:
        other = firm.notebook.firm_with_code(self.code)
        # Corrected already: the same list may be read twice.
        if firm.enterprise is None and other is not None:
            return
        enterprise = firm.known
        if enterprise.uscc == self.code:
            return
        if reason := problem(self.code):
            raise firm.refusal(reason.rstrip("。"), "code", self.cells)
        if other is not None:
            message = (
                f"信用代码{self.code}已登记为“{other.name}”，同一家企业登记了两次的，"
                "请办理并入，两家企业不能合为一家"
            )
            if other.is_void:
                message = f"信用代码{self.code}曾登记为“{other.name}”（已撤销），不能再用于另一企业"
            raise firm.refusal(message, "code", self.cells)
        firm.alter_fact(enterprise, act=Kind.RECODED, on=None, cells=self.cells, uscc=self.code)
        firm.notebook.change_code(self.uscc, self.code)


@dataclass(frozen=True, kw_only=True)
class CorrectNumber(Act):
    """The number of a held qualification was registered wrongly; `corrected` is the right one."""

    kind: str
    number: str
    corrected: str

    @property
    def numbers(self) -> tuple[str, ...]:
        return (self.corrected,)

    def carry_out(self, firm: FirmFacts) -> None:
        firm.known  # noqa: B018 - refuses an unknown firm
        kind = firm.notebook.kind(self.kind)
        held = self._find(firm, kind.pk, self.number)
        corrected = self._find(firm, kind.pk, self.corrected)
        # Corrected already: the same list may be read twice.
        if held is None and corrected is not None:
            return
        if held is None:
            raise firm.refusal(f"没有登记{kind.short_name}{self.number}", "number", self.cells)
        if corrected is not None and corrected is not held:
            raise firm.refusal(
                f"企业已另有编号为{self.corrected}的{kind.short_name}", "corrected", self.cells
            )
        firm.claim_number(kind.pk, self.corrected, "corrected", self.cells)
        firm.release_number(held)
        firm.alter_fact(
            held,
            act=Kind.RENUMBERED,
            on=held.valid_from,
            cells=self.cells,
            number=self.corrected,
        )

    def _find(self, firm: FirmFacts, kind_id: int, number: str) -> Qualification | None:
        return next((held for held in firm.held(kind_id) if held.number == number), None)
