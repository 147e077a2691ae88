"""Titles of a unit's own: remembered meanings, suggestions for unknown ones, and what is kept without a question."""

import datetime as dt

import pytest

from enterprises.rosters.definition.column import title_key
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.problems import FileRefused
from enterprises.rosters.definition.registers import LAYOUTS
from enterprises.rosters.reading.sheet import read_register
from tests.enterprises.vocabulary import VOCABULARY
from tests.enterprises.workbooks import TODAY, code, firm, lines, problems, read, xlsx

CERTIFICATE = {
    "certificate_number": "GR202351100123",
    "certificate_issued_on": dt.date(2023, 11, 1),
}


def renamed(folder, titles, *firms):
    """A roster in which some fields bear other titles."""
    rows = lines(*(firms or (firm(1), firm(2))))
    rows[1] = [titles.get(column.field, column.title) for column in ROSTER.columns]
    return xlsx(folder / "名册.xlsx", rows)


def mapped(path, **mapping):
    own = {title_key(title): field for title, field in mapping.items()}
    return read_register(path, path.name, VOCABULARY, TODAY, mapping=own)


def asked(path, **mapping):
    """title → (suggestion, confidence) of a file that is refused for a missing column."""
    with pytest.raises(FileRefused) as refusal:
        mapped(path, **mapping)
    assert refusal.value.problem.code == "F014"
    assert refusal.value.layout == "roster"
    return {each.title: each for each in refusal.value.unknown_titles}


def test_a_missing_column_comes_with_the_title_that_may_stand_for_it(tmp_path):
    unknown = asked(renamed(tmp_path, {"name": "单位全名", "uscc": "代码证号"}))
    assert {title: each.suggestion for title, each in unknown.items()} == {
        "单位全名": "name",
        "代码证号": "uscc",
    }
    assert unknown["代码证号"].address == "名册!C2"
    assert unknown["代码证号"].samples == (code(1), code(2))
    assert unknown["代码证号"].confidence >= 0.9
    assert 0.5 <= unknown["单位全名"].confidence < 0.9


def test_what_the_page_offers_makes_the_file_readable(tmp_path):
    path = renamed(tmp_path, {"name": "单位全名", "uscc": "代码证号", "town": "属地"})
    unknown = asked(path)
    reading = mapped(path, **{title: each.suggestion for title, each in unknown.items()})
    plain = read(renamed(tmp_path, {}))
    assert [row.values for row in reading.rows] == [row.values for row in plain.rows]
    assert reading.unknown_titles == reading.problems == reading.ignored == []


def test_a_remembered_meaning_goes_before_the_known_titles(tmp_path):
    path = renamed(
        tmp_path, {"contact_name": "联系电话", "contact_phone": "联系人"}, firm(contact_name="甲")
    )
    assert read(path).rows[0].values["contact_phone"] == "甲"
    assert (
        mapped(path, 联系电话="contact_name", 联系人="contact_phone").rows[0].values["contact_name"]
        == "甲"
    )


def test_a_column_may_be_passed_over_for_good(tmp_path):
    path = renamed(tmp_path, {"contact_name": "法人代表"}, firm(contact_name="甲"))
    reading = mapped(path, 法人代表="")
    assert reading.unknown_titles == []
    assert reading.extra_titles == ["法人代表"]
    assert reading.rows[0].values["contact_name"] == ""
    assert (
        mapped(renamed(tmp_path, {}, firm(revenue="很多")), **{"上年营业收入（万元）": ""}).problems
        == []
    )


def test_a_meaning_of_another_kind_of_list_is_not_taken(tmp_path):
    reading = mapped(renamed(tmp_path, {"contact_name": "注销时间"}), 注销时间="closed_on")
    assert [each.title for each in reading.unknown_titles] == ["注销时间"]


def test_two_titles_of_one_meaning_are_refused_naming_both(tmp_path):
    path = renamed(tmp_path, {"remark": "企业全名"})
    with pytest.raises(FileRefused, match="B列“企业名称”与Z列“企业全名”"):
        mapped(path, 企业全名="name")


@pytest.mark.parametrize(
    ("field", "title", "suggestion"),
    [
        ("revenue", "去年营业收入", "revenue"),
        ("staff", "在职职工总数", "staff"),
        ("town", "属地", "town"),
        ("tech_field", "方向", "tech_field"),
        ("certificate_number", "证号", "certificate_number"),
        ("registered_on", "工商注册日期", "registered_on"),
        ("contact_phone", "法定代表人身份", ""),
        ("revenue", "注册商标", ""),
    ],
)
def test_suggestions_go_by_title_and_values(tmp_path, field, title, suggestion):
    firms = [
        firm(n, tech_field="新材料", **CERTIFICATE | {"certificate_number": f"GR20235110012{n}"})
        for n in (1, 2)
    ]
    path = renamed(tmp_path, {field: title}, *firms)
    try:
        unknown = read(path).unknown_titles
    except FileRefused as refusal:
        unknown = list(refusal.unknown_titles)
    assert [(each.title, each.suggestion) for each in unknown] == [(title, suggestion)]
    assert all(
        0 <= each.confidence <= 1 and bool(each.suggestion) == (each.confidence > 0)
        for each in unknown
    )


def test_values_that_do_not_fit_speak_against_a_suggestion(tmp_path):
    firms = [firm(n, registered_on="不详") for n in (1, 2)]
    assert (
        read(renamed(tmp_path, {"registered_on": "企业注册日期"}, *firms))
        .unknown_titles[0]
        .suggestion
        == ""
    )


def test_a_field_is_suggested_once_for_the_best_title(tmp_path):
    rows = lines(firm(1), firm(2))
    rows[1] = ["单位全名" if title == "企业名称" else title for title in rows[1]]
    rows = [rows[0], [*rows[1], "企业名"], *([*row, row[1]] for row in rows[2:])]
    unknown = asked(xlsx(tmp_path / "a.xlsx", rows))
    assert sorted(each.suggestion for each in unknown.values()) == ["", "name"]
    assert unknown["企业名"].suggestion == "name"


def test_remarks_are_kept_without_a_question(tmp_path):
    rows = [
        [*line, extra]
        for line, extra in zip(lines(firm(1)), ["", "备注：走访情况", "已走访"], strict=True)
    ]
    reading = read(xlsx(tmp_path / "a.xlsx", rows))
    assert reading.extra_titles == ["备注：走访情况"]
    assert reading.unknown_titles == []
    assert [(note.address, note.value) for note in reading.ignored] == [
        ("名册!AA2", "附加列，未读取")
    ]
    assert not reading.has_errors


def test_an_unknown_column_is_no_problem(tmp_path):
    rows = [
        [*line, extra] for line, extra in zip(lines(firm(1)), ["", "法人代表", "张三"], strict=True)
    ]
    reading = read(xlsx(tmp_path / "a.xlsx", rows))
    assert problems(reading) == []
    assert [(each.title, each.samples) for each in reading.unknown_titles] == [
        ("法人代表", ("张三",))
    ]


def test_every_known_title_of_a_required_column_is_suggested_for_itself_when_misspelt(tmp_path):
    """One wrong character in a title is what happens."""
    for column in ROSTER.columns:
        if column.present:
            path = renamed(tmp_path, {column.field: column.title + "栏"}, firm(1, **CERTIFICATE))
            assert asked(path)[column.title + "栏"].suggestion == column.field


def test_each_layout_knows_its_fields():
    for layout in LAYOUTS:
        assert layout.fields == {column.field for column in layout.columns}
