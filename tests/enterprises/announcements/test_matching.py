"""Lists matched with the registry: whose line it is, what it does, and what a person decides."""

import csv
import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command

from enterprises import registry
from enterprises.announcements import writing
from enterprises.models import (
    Announcement,
    Application,
    Enterprise,
    FormerName,
    LedgerEntry,
    Placement,
    Qualification,
    SourceFile,
)
from enterprises.registry import acts
from parks.models import User
from tests.enterprises.workbooks import code, firm

pytestmark = pytest.mark.django_db
FILING = "关于2026年第一批高新技术企业备案的公告"
ISSUED = "证书发证日期为2026年10月29日"
DAY = dt.date(2026, 11, 5)
JIA, YI, BING = (firm(number)["name"] for number in (1, 2, 3))
HELD = "GR202351100001"


@pytest.fixture(autouse=True)
def no_follow_ups(settings) -> None:
    settings.JOB_FOLLOW_UPS = {"load": []}


@pytest.fixture
def district(plan) -> None:
    """Three firms; the first holds a certificate of 2023 and has a former name, the third is closed."""
    place = {"park": "degan", "town": "500116002", "since": dt.date(2020, 5, 6)}
    done: list[acts.Act] = []
    for number, name in ((1, "重庆旧名机械有限公司"), (2, YI), (3, BING)):
        done += [
            acts.Register(uscc=code(number), name=name),
            acts.Place(uscc=code(number), **place),
        ]
    done += [
        acts.Rename(uscc=code(1), name=JIA, on=dt.date(2022, 3, 1)),
        acts.Grant(uscc=code(1), kind="hnte", number=HELD, valid_from=dt.date(2023, 11, 6)),
        acts.Grant(uscc=code(2), kind="tech", valid_from=dt.date(2021, 4, 1)),
        acts.Close(uscc=code(3), on=dt.date(2026, 1, 2)),
    ]
    registry.apply(done, by=None)


@pytest.fixture
def matched(district, tmp_path):
    """What match_list says of a list with this title, these texts and these rows."""

    def match(
        title, *rows, header=("序号", "企业名称", "证书编号"), texts=(), apply=False, on=DAY, **more
    ):
        path = tmp_path / "名单.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[title], *([text] for text in texts), header, *rows])
        out = io.StringIO()
        call_command("match_list", path, json=True, apply=apply, on=on, stdout=out, **more)
        return json.loads(out.getvalue())

    return match


def line_of(told):
    [line] = told["lines"]
    return line


# --- whose line it is ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "number", "pile", "by"),
    [
        (JIA, "", "matched", "name"),
        (JIA.replace("重庆", "重庆 ") + "　", "", "matched", "name"),
        ("重庆旧名机械有限公司", "", "matched", "former_name"),
        (JIA, HELD, "matched", "number"),
        (JIA, " gr2023511 00001", "matched", "number"),
        ("重庆旧名机械有限公司", HELD, "matched", "number"),
        (YI, HELD, "choose", None),
        ("重庆丁机械有限公司", HELD, "choose", None),
        ("重庆丁机械有限公司", "", "unknown", None),
        (JIA[:-1], "", "unknown", None),
        ("重庆测试1号机械有限责任公司", "", "unknown", None),
    ],
)
def test_by_number_then_by_name(matched, name, number, pile, by):
    line = line_of(matched(FILING, ["1", name, number]))
    assert (line["pile"], line["by"]) == (pile, by)
    assert line["firm"] == (code(1) if pile == "matched" else None)
    assert bool(line["candidates"]) == bool(line["reason"]) == (pile == "choose")


@pytest.mark.parametrize(
    ("uscc", "name", "pile"),
    [
        (code(1), JIA, "matched"),
        (code(1), "重庆旧名机械有限公司", "matched"),
        (code(1), YI, "choose"),
        (code(9), JIA, "unknown"),
        (code(1)[:-1] + "#", JIA, "choose"),
        (code(1)[:-1] + "#", "重庆丁机械有限公司", "unknown"),
    ],
)
def test_a_code_goes_before_all_else_and_a_right_one_ends_the_search(matched, uscc, name, pile):
    header = ("序号", "企业名称", "统一社会信用代码")
    line = line_of(matched("2026年科技型企业入库名单", ["1", name, uscc], header=header))
    assert line["pile"] == pile
    assert (line["by"] == "code") == (pile == "matched")


def test_two_firms_of_a_name_are_a_persons_choice(matched):
    registry.apply([acts.Register(uscc=code(8), name=JIA)], by=None)
    line = line_of(matched(FILING, ["1", JIA, ""]))
    assert (line["pile"], line["candidates"]) == ("choose", [code(1), code(8)])


def test_one_firms_name_that_was_anothers_is_a_persons_choice(matched):
    registry.apply([acts.Register(uscc=code(8), name="重庆旧名机械有限公司")], by=None)
    assert line_of(matched(FILING, ["1", "重庆旧名机械有限公司", ""]))["pile"] == "choose"


@pytest.mark.parametrize(
    ("district_told", "pile"), [("江津区", "matched"), ("", "matched"), ("渝北区", "choose")]
)
def test_a_name_under_another_district_is_a_persons_choice(matched, district_told, pile):
    header = ("序号", "企业名称", "所属区县")
    line = line_of(matched("2026年专精特新中小企业名单", ["1", JIA, district_told], header=header))
    assert line["pile"] == pile


# --- what it does ------------------------------------------------------------------------------------------------------
def test_publicity_is_a_stage_and_grants_nothing(matched):
    told = matched("2026年第一批高新技术企业备案公示", ["1", YI, ""], apply=True)
    act = {
        "do": "apply",
        "kind": "hnte",
        "year": 2026,
        "batch": 1,
        "stage": "publicity",
        "on": str(DAY),
    }
    assert line_of(told)["act"] == act
    assert told["written"] == 1
    assert Application.objects.get().stage == "publicity"
    assert not Qualification.objects.filter(kind__code="hnte", enterprise__uscc=code(2)).exists()


def test_a_filing_grants_with_its_line_as_the_source(matched, people):
    rows = [
        ["1", YI, "GR202651100002"],
        ["2", JIA, "GR202651100003"],
        ["3", "重庆丁有限公司", "GR202651100004"],
    ]
    told = matched(FILING, *rows, texts=[ISSUED], apply=True, by="小石")
    acts_told = [
        line["act"] and (line["act"]["do"], line["act"]["recognition"]) for line in told["lines"]
    ]
    assert acts_told == [("grant", "first"), ("grant", "again"), None]
    held = Qualification.objects.get(number="GR202651100002")
    assert (held.valid_from, held.valid_until) == (dt.date(2026, 10, 29), dt.date(2029, 10, 29))
    entry = LedgerEntry.objects.get(fact="qualification", fact_id=held.pk)
    assert entry.cells["number"] == "第4行"
    assert (entry.source.name, entry.source.kind) == ("名单.csv", SourceFile.Kind.ANNOUNCEMENT)
    assert entry.by == people["小石"]
    again = matched(FILING, *rows, texts=[ISSUED], apply=True)
    assert again["written"] == 0
    assert [line["act"] and line["act"]["do"] for line in again["lines"]] == [
        "confirm",
        "confirm",
        None,
    ]


def test_without_a_day_of_issue_nothing_is_granted(matched):
    told = matched(FILING, ["1", YI, "GR202651100002"], apply=True)
    assert line_of(told)["act"]["valid_from"] is None
    assert told["written"] == 0


def test_another_number_of_that_day_is_a_conflict_and_in_a_corrected_edition_the_right_one(matched):
    matched(FILING, ["1", YI, "GR202651100002"], texts=[ISSUED], apply=True)
    row = ["1", YI, "GR202651100009"]
    told = matched(FILING, row, texts=[ISSUED], apply=True)
    line = line_of(told)
    assert (line["pile"], line["act"]["do"], told["written"]) == ("choose", "conflict", 0)
    assert line["act"]["registered_number"] == "GR202651100002"
    told = matched(f"{FILING}（更正）", row, texts=[ISSUED], apply=True)
    assert (line_of(told)["act"]["do"], told["written"]) == ("correct", 1)
    assert [
        one.number
        for one in Qualification.objects.filter(enterprise__uscc=code(2), kind__code="hnte")
    ] == ["GR202651100009"]


@pytest.mark.parametrize("title", [FILING, "2026年第一批高新技术企业备案公示"])
def test_a_closed_firm_is_a_warning(matched, title):
    told = matched(title, ["1", BING, "GR202651100002"], texts=[ISSUED], apply=True)
    assert line_of(told)["act"] == {"do": "warn", "reason": "closed"}
    assert told["written"] == 0


def test_a_revocation_holds_from_its_year_but_not_before_the_certificate(matched):
    header = ("序号", "企业名称", "证书编号", "取消资格起始年度")
    for year, on in (("2025年", "2025-01-01"), ("2023", "2023-11-06")):
        line = line_of(
            matched("关于取消高新技术企业资格的公告", ["1", JIA, HELD, year], header=header)
        )
        assert (line["act"]["do"], line["act"]["on"]) == ("revoke", on)
    matched("关于取消高新技术企业资格的公告", ["1", JIA, HELD, "2025"], header=header, apply=True)
    assert Qualification.objects.get(number=HELD).revoked_on == dt.date(2025, 1, 1)
    again = matched(
        "关于取消高新技术企业资格的公告", ["1", JIA, HELD, "2025"], header=header, apply=True
    )
    assert (line_of(again)["act"]["do"], again["written"]) == ("confirm", 0)


def test_a_renaming_is_known_by_number_before_and_after(matched):
    header = ("序号", "原企业名称", "更名后企业名称", "证书编号")
    row = ["1", JIA, "重庆新名机械有限公司", HELD]
    told = matched("2026年高新技术企业更名公告", row, header=header, apply=True)
    assert (line_of(told)["act"]["do"], told["written"]) == ("rename", 1)
    assert Enterprise.objects.get(uscc=code(1)).name == "重庆新名机械有限公司"
    assert FormerName.objects.filter(name=JIA, until=DAY).exists()
    again = matched("2026年高新技术企业更名公告", row, header=header, apply=True)
    assert (line_of(again)["act"]["do"], again["written"]) == ("confirm", 0)


def test_certificates_that_are_handed_out_complete_the_last_day(matched):
    header = ("序号", "企业名称", "证书编号", "发证日期", "有效期至")
    matched(FILING, ["1", YI, "GR202651100002"], texts=[ISSUED], apply=True)
    row = ["1", YI, "GR202651100002", "2026-10-29", "2029-10-28"]
    told = matched("江津区2026年高新技术企业证书发放名单", row, header=header, apply=True)
    assert (line_of(told)["act"]["do"], told["written"]) == ("extend", 1)
    assert Qualification.objects.get(number="GR202651100002").valid_until == dt.date(2029, 10, 28)


def test_entries_are_kept_and_exits_need_a_day(matched):
    header = ("序号", "企业名称", "入库日期")
    line = line_of(matched("2026年科技型企业入库名单", ["1", YI, "2026-11-18"], header=header))
    assert (line["act"]["do"], line["act"]["registered_on"]) == ("keep", "2021-04-01")
    header = ("序号", "企业名称", "退库日期", "退库原因")
    title = "江津区2026年科技型企业退库名单"
    told = matched(title, ["1", YI, "2026年9月", "注销"], header=header, apply=True)
    assert (line_of(told)["act"]["on"], told["written"]) == (None, 0)
    told = matched(title, ["1", YI, "2026-09-30", "注销"], header=header, apply=True)
    assert told["written"] == 1
    held = Qualification.objects.get(kind__code="tech", enterprise__uscc=code(2))
    assert held.revoked_on == dt.date(2026, 9, 30)


def test_a_stranger_with_a_code_needs_a_town(matched):
    header = ("序号", "企业名称", "统一社会信用代码", "所属区县", "入库日期")
    row = ["1", "重庆丁机械有限公司", code(9), "江津区", "2026-11-18"]
    told = matched("2026年科技型企业入库名单", row, header=header, apply=True)
    line = line_of(told)
    assert (line["pile"], line["local"], told["written"]) == ("unknown", True, 0)
    assert (line["act"]["do"], line["act"]["needs"]) == ("register", "town and park")


def test_a_firm_that_stands_twice_is_taken_once(matched):
    told = matched(
        "2026年第一批高新技术企业备案公示",
        ["1", JIA, ""],
        ["2", "重庆旧名机械有限公司", ""],
        apply=True,
    )
    assert [line["act"]["do"] for line in told["lines"]] == ["apply", "duplicate"]
    assert told["lines"][1]["act"]["of"] == 1
    assert told["written"] == 1


def test_whoever_was_expected_and_is_absent_is_named(matched):
    filed = {"kind": "hnte", "year": 2026, "batch": 1, "stage": "filed", "on": dt.date(2026, 5, 12)}
    registry.apply([acts.Apply(uscc=code(number), **filed) for number in (1, 2)], by=None)
    told = matched("2026年第一批高新技术企业备案公示", ["1", JIA, ""])
    assert told["absent"] == [code(2)]
    assert matched("2026年第二批高新技术企业备案公示", ["1", JIA, ""])["absent"] == []


def test_a_list_that_says_more_than_was_read_is_told(matched, tmp_path, capsys):
    told = matched(FILING, ["1", JIA, ""], texts=["现将118家企业予以备案。"])
    assert told["count_told"] == 118
    call_command("match_list", tmp_path / "名单.csv")
    assert "文中说118家，读到1行" in capsys.readouterr().out


# --- the command -------------------------------------------------------------------------------------------------------
def test_without_apply_nothing_is_written(matched):
    told = matched(FILING, ["1", YI, "GR202651100002"], texts=[ISSUED])
    assert "written" not in told
    assert not Qualification.objects.filter(number="GR202651100002").exists()
    assert not SourceFile.objects.filter(kind=SourceFile.Kind.ANNOUNCEMENT).exists()


def test_a_file_that_cannot_be_read_is_told_as_such(plan, tmp_path, capsys):
    (tmp_path / "名单.ofd").write_bytes(b"PK")
    call_command("match_list", tmp_path / "名单.ofd", json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["readable"], told["lines"]) == (False, [])
    assert "导出为 PDF" in told["refuse"]
    with pytest.raises(CommandError, match="版式文件"):
        call_command("match_list", tmp_path / "名单.ofd")


def test_a_list_of_no_known_kind_asks_for_it(district, tmp_path):
    (tmp_path / "表.csv").write_text(f"企业名称,电话\n{JIA},1\n", encoding="utf-8")
    with pytest.raises(CommandError, match="--kind"):
        call_command("match_list", tmp_path / "表.csv")


@pytest.mark.long
def test_the_lists_of_an_autumn_come_in_as_the_truth_says(kept_plan, db, samples, tmp_path):
    """0 lines taken for a wrong firm, 98 of 100 without a person, nothing written the second time."""
    kept_plan.restore()
    folder = samples / "announcements"
    truth = json.loads((folder / "truth.json").read_text())
    call_command(
        "load_register",
        *(samples / "district").iterdir(),
        apply=True,
        verbosity=0,
        stdout=io.StringIO(),
    )
    history = tmp_path / "before.ndjson"
    history.write_text("\n".join(json.dumps(act) for act in truth["before"]))
    call_command("load_acts", history, apply=True, stdout=io.StringIO())
    before = facts_in_force()

    def match(file):
        out = io.StringIO()
        on = dt.date.fromisoformat(file["published_on"])
        call_command("match_list", folder / file["file"], json=True, apply=True, on=on, stdout=out)
        return json.loads(out.getvalue())

    automatic = true = 0
    undecided: set[str] = set()
    for file in (each for each in truth["files"] if each["readable"]):
        told = match(file)
        withdrawn = {one["firm"] for one in file.get("withdrawn", [])}
        assert {one["firm"] for one in told["withdrawn"]} == withdrawn, file["file"]
        assert (told["kind"], told["title"]) == (file["kind"], file["title"])
        expected = {one["firm"] for one in file["absent"]}
        assert set(told["absent"]) ^ expected <= undecided, file["file"]
        for line, right in zip(told["lines"], file["lines"], strict=True):
            is_conflict = (right.get("act") or {}).get("do") == "conflict"
            if line["pile"] == "matched":
                assert line["firm"] == right["firm"], (file["file"], right)
            if line["pile"] == "choose":
                # Nobody decides here, so what would follow from it is wanting later.
                undecided |= {right.get("firm"), *line["candidates"]}
            assert line["pile"] in right["allowed"] or line["pile"] == "choose", (
                file["file"],
                right,
            )
            if right["pile"] == "matched" and not is_conflict:
                true += 1
                automatic += line["pile"] == "matched"
        assert match(file)["written"] == 0, file["file"]
    assert automatic >= 0.98 * true
    # Taken back from the last to the first, all is as it was.
    assert facts_in_force() != before
    bureau = User.objects.create(username="王", role=User.Role.BUREAU_STAFF)
    for announcement in Announcement.objects.in_force().order_by("-written_at"):
        writing.undo(announcement, by=bureau, reason="试")
    assert facts_in_force() == before


def facts_in_force() -> list[list[dict]]:
    """What figures are counted from, whatever the numbers of its rows."""
    facts = (Enterprise, FormerName, Placement, Qualification, Application)
    return [
        sorted(
            ({name: str(value) for name, value in row.items() if name != "id"} for row in rows),
            key=str,
        )
        for rows in (model.objects.values() for model in facts)
    ]
