"""The district's own registers: certificates of high-tech enterprises, and tech enterprises.

No template is made for them, so their columns carry no guidance.
"""

from __future__ import annotations

from enterprises.rosters.definition import cells
from enterprises.rosters.definition.column import Column, Fact
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.shared_columns import (
    ENTRY_TITLES,
    NAME,
    NUMBER,
    PARK,
    REGISTERED,
    REMARK,
    TECH_FIELD,
    TOWN,
    USCC,
)

HNTE_REGISTER = Layout(
    "hnte_register",
    "高新技术企业证书名单",
    (
        NUMBER,
        NAME,
        USCC,
        Column(
            "certificate_number",
            "证书编号",
            cells.certificate_number,
            ("高企证书编号", "证书号"),
            present=True,
            filled=True,
            blank="",
            telling=True,
            fact=Fact.CERTIFICATE,
        ),
        Column(
            "certificate_issued_on",
            "发证日期",
            cells.date,
            ("发证时间", "高企发证日期"),
            present=True,
            filled=True,
            past=True,
            fact=Fact.CERTIFICATE,
        ),
        Column(
            "certificate_valid_until",
            "有效期至",
            cells.date,
            ("有效期止", "证书有效期至", "到期日期"),
            present=True,
            fact=Fact.CERTIFICATE,
        ),
        Column(
            "recognition",
            "认定类型",
            cells.option(
                # Old lists say 复审, a renewal that the measure of 2016
                # (国科发火〔2016〕32号) has done away with.
                {"首次认定": "first", "重新认定": "again", "新认定": "first", "复审": "again"}
            ),
            ("认定类别",),
            fact=Fact.CERTIFICATE,
        ),
        TECH_FIELD,
        PARK,
        TOWN,
        Column(
            "revoked_on",
            "取消资格日期",
            cells.date,
            ("取消日期", "撤销日期"),
            past=True,
            fact=Fact.CERTIFICATE,
        ),
        REMARK,
    ),
    # A firm stands in this list once for each certificate, so its code repeats.
    key="certificate_number",
)

TECH_REGISTER = Layout(
    "tech_register",
    "科技型企业入库名单",
    (
        NUMBER,
        NAME,
        USCC,
        Column(
            "tech_entered_on",
            "入库日期",
            cells.date,
            ENTRY_TITLES,
            present=True,
            filled=True,
            past=True,
            fact=Fact.TECH_ENTRY,
        ),
        TECH_FIELD,
        PARK,
        TOWN,
        REGISTERED,
        Column(
            "closed_on",
            "注销日期",
            cells.date,
            ("注销时间", "吊销注销日期"),
            past=True,
            fact=Fact.CLOSURE,
        ),
        REMARK,
    ),
    key="uscc",
)

# Of two layouts that fit a header equally well, the reader takes the one that stands first.
LAYOUTS = (ROSTER, HNTE_REGISTER, TECH_REGISTER)
