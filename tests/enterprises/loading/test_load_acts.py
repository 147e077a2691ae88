"""Acts as data: another system's history comes in whole or not at all, every fault at its line."""

import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from enterprises.loading.acts_file import SPOKEN
from enterprises.models import (
    Application,
    Closure,
    DutyDone,
    Enterprise,
    FirmOwner,
    FormerName,
    Incident,
    IpItem,
    Job,
    LedgerEntry,
    Placement,
    PoolEntry,
    Qualification,
    SourceFile,
    YearlyFigures,
)
from tests.enterprises.workbooks import code

pytestmark = pytest.mark.django_db
FIRM, OTHER = code(1), code(2)
HISTORY = [
    {"act": "register", "uscc": FIRM, "name": "甲公司", "registered_on": "2015-01-05",
     "park": "degan", "town": "500116002", "since": "2020-01-01", "tech_entered_on": "2020-03-02"},
    {"act": "register", "uscc": OTHER, "name": "乙公司", "note": "与甲公司无关"},
    {"act": "place", "uscc": OTHER, "park": "luohuang", "town": "500116117", "since": "2021-01-01"},
    {"act": "rename", "uscc": FIRM, "name": "甲科技公司", "on": "2022-05-01", "was": "甲公司"},
    {"act": "move", "uscc": FIRM, "park": "luohuang", "town": "500116117", "on": "2023-02-01"},
    {"act": "grant", "uscc": FIRM, "kind": "hnte", "number": "GR202351100001", "valid_from": "2023-11-01"},
    {"act": "extend", "uscc": FIRM, "kind": "hnte", "number": "GR202351100001", "valid_until": "2026-12-31"},
    {"act": "figures", "uscc": FIRM, "year": 2025, "values": {"revenue": 1250.6, "staff": 30, "above_scale": True}},
    {"act": "amend", "uscc": FIRM, "legal_form": "有限责任公司"},
    {"act": "incident", "uscc": FIRM, "kind": "none", "on": "2026-06-30", "source": "应急局"},
    {"act": "duty", "uscc": FIRM, "duty": "hnte_report", "year": 2025, "on": "2026-05-12", "source": "名单"},
    {"act": "ip_item", "uscc": FIRM, "right": "utility_model", "number": "2020206543210", "granted_on": "2020-06-01",
     "title": "一种夹具", "obtained": "own", "ends_on": "2030-01-02"},
    {"act": "ip_item", "uscc": OTHER, "right": "software", "number": "2021SR0012345", "granted_on": "2021-02-03"},
    {"act": "ip_item", "uscc": FIRM, "right": "software", "number": "2021SR0012345", "granted_on": "2021-02-03",
     "obtained": "bought", "since": "2024-05-06"},
    {"act": "use_ip_item", "uscc": FIRM, "right": "utility_model", "number": "ZL202020654321.0", "year": 2023,
     "on": "2023-07-01"},
    {"act": "end_ip_item", "uscc": FIRM, "right": "software", "number": "2021SR0012345", "on": "2026-02-01",
     "how": "lapsed"},
    {"act": "enter_pool", "uscc": OTHER, "stage": "seed", "target_year": 2027, "on": "2025-03-31"},
    {"act": "leave_pool", "uscc": OTHER, "on": "2025-09-30", "because": "放弃"},
    {"act": "apply", "uscc": FIRM, "kind": "hnte", "year": 2026, "batch": 1, "stage": "filed", "on": "2026-05-12"},
    {"act": "next_step", "uscc": FIRM, "kind": "hnte", "next_action": "催材料", "next_on": "2026-06-01",
     "owner": "小石"},
    {"act": "assign_owner", "uscc": FIRM, "level": "bureau", "account": "小石", "on": "2026-05-04"},
    {"act": "close", "uscc": OTHER, "on": "2026-01-10"},
    {"act": "reopen", "uscc": OTHER, "on": "2026-02-10"},
    {"act": "leave", "uscc": OTHER, "on": "2026-03-02"},
    {"act": "revoke", "uscc": FIRM, "kind": "hnte", "number": "GR202351100001", "on": "2026-06-01"},
]  # fmt: skip


@pytest.fixture(autouse=True)
def no_follow_ups(settings) -> None:
    settings.JOB_FOLLOW_UPS = {"load": []}


@pytest.fixture
def loaded(people, tmp_path, capsys):
    """Loads these lines; gives what was printed. `refused` holds what ended the command."""

    def load(*lines, apply=True, **options):
        path = tmp_path / "历史.ndjson"
        written = [line if isinstance(line, bytes) else as_line(line) for line in lines]
        path.write_bytes(b"\n".join(written))
        load.refused = ""
        try:
            call_command("load_acts", path, apply=apply, **options)
        except CommandError as error:
            load.refused = str(error)
        return capsys.readouterr().out

    return load


def as_line(told) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def test_a_history_of_every_act_comes_in_with_its_lines(loaded, people):
    said = loaded(*HISTORY, by="小石")
    assert not loaded.refused, said
    assert {told["act"] for told in HISTORY} == set(SPOKEN)
    firm, other = (Enterprise.objects.get(uscc=uscc) for uscc in (FIRM, OTHER))
    assert firm.name == "甲科技公司"
    assert FormerName.objects.get(enterprise=firm).name == "甲公司"
    places = Placement.objects.filter(enterprise=firm).order_by("since")
    assert [(place.park.code, str(place.since)) for place in places] == [
        ("degan", "2020-01-01"), ("luohuang", "2023-02-01"),
    ]  # fmt: skip
    certificate = Qualification.objects.get(enterprise=firm, kind__code="hnte")
    assert (str(certificate.valid_until), str(certificate.revoked_on)) == (
        "2026-12-31",
        "2026-06-01",
    )
    assert (
        str(Qualification.objects.get(enterprise=firm, kind__code="tech").valid_from)
        == "2020-03-02"
    )
    figures = YearlyFigures.objects.get(enterprise=firm, year=2025)
    assert (figures.revenue, figures.staff, figures.above_scale) == (Decimal("1250.60"), 30, True)
    assert (firm.legal_form, Incident.objects.get().source) == ("有限责任公司", "应急局")
    assert FirmOwner.objects.get().account == "小石"
    rights = IpItem.objects.order_by("since").values_list(
        "number", "enterprise__uscc", "used_first", "ending"
    )
    assert list(rights) == [
        ("ZL202020654321.0", FIRM, 2023, ""),
        ("2021SR0012345", OTHER, None, "transferred"),
        ("2021SR0012345", FIRM, None, "lapsed"),
    ]
    assert str(DutyDone.objects.get(enterprise=firm).done_on) == "2026-05-12"
    pooled = PoolEntry.objects.get(enterprise=other)
    assert (pooled.target_year, str(pooled.until), pooled.exit_reason) == (
        2027,
        "2025-09-30",
        "放弃",
    )
    assert Application.objects.get(enterprise=firm).stage == "filed"
    assert str(Closure.objects.get(enterprise=other).reopened_on) == "2026-02-10"
    assert str(Placement.objects.get(enterprise=other).until) == "2026-03-02"
    source = SourceFile.objects.get()
    assert (source.name, source.kind) == ("历史.ndjson", SourceFile.Kind.ACTS)
    entries = LedgerEntry.objects.all()
    assert {entry.source for entry in entries} == {source}
    assert {entry.by for entry in entries} == {people["小石"]}
    renamed = entries.get(act=LedgerEntry.Act.RENAMED)
    assert renamed.cells["name"] == "第4行"
    assert "略过 note：1行" in said
    assert "略过 was：1行" in said


def test_the_same_file_writes_nothing_the_second_time(loaded):
    loaded(*HISTORY)
    entries = LedgerEntry.objects.count()
    said = loaded(*HISTORY)
    assert not loaded.refused, said
    assert "不再重复写入" in said
    assert LedgerEntry.objects.count() == entries


def test_what_is_registered_already_is_nothing_to_write(loaded):
    loaded(HISTORY[0])
    said = loaded(HISTORY[0], {"act": "rename", "uscc": FIRM, "name": "甲公司", "on": "2026-01-02"})
    assert "没有要写入的变化" in said


def test_without_apply_nothing_is_written(loaded):
    said = loaded(*HISTORY, apply=False)
    assert "新增2家" in said
    assert "未写入" in said
    assert not Enterprise.objects.exists()
    assert not SourceFile.objects.exists()


def test_what_follows_a_load_follows_this_one_too(loaded, settings):
    settings.JOB_FOLLOW_UPS = {"load": ["recompute"]}
    loaded(*HISTORY)
    assert [job.state for job in Job.objects.filter(kind="recompute")] == ["done"]


GOOD = HISTORY[0]


def told(act, uscc=FIRM, **values):
    return {"act": act, "uscc": uscc, **values}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "第2行：不是一行完整的 JSON"),
        (b"[1]", "第2行：应为一个 JSON 对象"),
        (b"[" * 100_000, "第2行：不是一行完整的 JSON"),
        (b"\xff{}", "第2行：不是 UTF-8 编码"),
        ({"uscc": FIRM}, "第2行 act：“None”不是登记事项"),
        (told("fly"), "第2行 act：“fly”不是登记事项"),
        (told(["move"]), "第2行 act：“['move']”不是登记事项"),
        (told("leave"), "第2行 on：必填"),
        (told("leave", on=None), "第2行 on：必填"),
        (told("leave", on="2026-02-30"), "第2行 on：没有2026-02-30这一天"),
        (told("leave", on="2026-2-3"), "第2行 on：应为日期"),
        (told("leave", on=20260203), "第2行 on：应为日期"),
        (told("leave", on="2026-02-03", why="x"), "第2行 why：没有这一项"),
        (told("leave", on="2026-02-03", confirmed=True), "第2行 confirmed：没有这一项"),
        (told("rename", name="", on="2026-02-03"), "第2行 name：此字段不能为空"),
        (told("rename", name="甲" * 300, on="2026-02-03"), "第2行 name："),
        (told("rename", name="甲\u0000乙", on="2026-02-03"), "第2行：含有控制字符"),
        (told("register", code(3), name="丙公司", park="degan"), "第2行 since：必填"),
        (told("register", code(3)[:-1] + "0", name="丙公司"), "校验位不符"),
        (told("grant", kind="prize"), "没有代码为“prize”的资质类别"),
        (told("grant", kind="hnte", dating="guess"), "第2行 dating："),
        (told("close", on="2026-02-03", cause="weather"), "第2行 cause："),
        (told("apply", kind="hnte", year="2026", stage="filed", on="2026-05-12"), "第2行 year：应为整数"),
        (told("apply", kind="hnte", year=2026, stage="won", on="2026-05-12"), "第2行 stage："),
        (told("incident", kind="flood", on="2026-02-03", source="局"), "第2行 kind："),
        (told("incident", kind="none", on="2026-02-03"), "第2行 source：必填"),
        (told("duty", duty="none", year=2025, on="2026-02-03", source="局"), "没有代码为“none”的年度义务"),
        (told("duty", duty="hnte_report", year=2025, on="2026-02-03"), "第2行 source：必填"),
        (told("figures", year=2025, values={}, name="丁公司"), "第2行 name：甲公司"),
        (told("figures", year=2025), "第2行 values：必填"),
        (told("figures", year=2025, values={"revenue": "1"}), "第2行 values：“revenue”应为数字"),
        (told("figures", year=2025, values={"staff": True}), "第2行 values：“staff”应为整数"),
        (told("figures", year=2025, values={"staff": 1.5}), "第2行 values：“staff”"),
        (told("figures", year=2025, values={"above_scale": 1}), "第2行 values：“above_scale”应为 true 或 false"),
        (told("figures", year=2025, values={"profit": 1}), "第2行 values：没有“profit”这个指标"),
        (b'{"act": "figures", "uscc": "%s", "year": 2025, "values": {"revenue": NaN}}' % FIRM.encode(), "第2行：不是一行完整的 JSON"),
        (told("move", town="nowhere", on="2026-02-03"), "没有代码为“nowhere”的单位"),
        (told("reopen", on="2026-02-03"), "企业未处于注销状态"),
        (told("leave", code(9), on="2026-02-03"), "该企业尚未登记"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_line_and_nothing_is_written(loaded, line, fault):
    said = loaded(GOOD, line)
    assert fault in said
    assert said.startswith("第2行")
    assert "未写入任何内容" in loaded.refused
    assert not LedgerEntry.objects.exists()


def test_every_fault_is_told_those_of_the_registry_too(loaded):
    lines = [
        GOOD,
        told("leave", on="2026"),
        told("reopen", OTHER, on="2026-02-03"),
        told("leave", OTHER, on="2026"),
        told("reopen", code(3), on="2026-02-03"),
    ]
    said = loaded(*lines)
    # What can be said of a firm one of whose lines could not be read is not told: it would be a guess.
    assert [line.partition("行")[0] for line in said.splitlines()] == ["第2", "第4", "第5"]


def test_blank_lines_and_a_mark_at_the_beginning_are_passed_over(loaded):
    loaded(b"\xef\xbb\xbf" + as_line(GOOD), b"", b"  ", told("leave", on="2026-02-03"))
    assert not loaded.refused
    left = LedgerEntry.objects.get(act=LedgerEntry.Act.LEFT)
    assert set(left.cells.values()) == {"第4行"}


def test_nobody_outside_the_bureau_writes(loaded, people):
    loaded(*HISTORY, by="德感")
    assert "没有名为“德感”的科技局用户" in loaded.refused
    assert not LedgerEntry.objects.exists()


def test_the_history_of_the_sample_lists_comes_in(half_year, samples, loaded):
    truth = json.loads((samples / "announcements" / "truth.json").read_text())
    said = loaded(*truth["before"])
    assert not loaded.refused, said
    assert f"{len(truth['before'])}行" in said
