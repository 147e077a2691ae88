"""The pages of the registers: lists, one record and what is done with it, by hand."""

import datetime as dt

import pytest
from django.urls import reverse

from enterprises.models import Record, RecordEntry, RecordKind
from enterprises.records import door, kinds, reviews
from parks.models import Unit
from tests.enterprises.records.conftest import day, workbook
from tests.firms import firm

pytestmark = pytest.mark.django_db
PLATFORM = {
    "subject": "捷达企业技术中心",
    "level": "district",
    "klass": "technology",
    "since": "2024-06-18",
    "number": "渝经信〔2024〕55号",
}


def posted(values, **more):
    return {f"field-{name}": value for name, value in values.items()} | more


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    return client


@pytest.fixture
def record(bureau, plan):
    holder = firm()
    values = PLATFORM | {"firm_name": holder.name, "firm_code": holder.uscc}
    answer = bureau.post(reverse("register_new", args=["platform"]), posted(values))
    assert answer.status_code == 302, answer.context["form"].errors
    return Record.objects.get()


def seen(record) -> int:
    return door.last_entry_of(record)


def act(client, record, name, **values):
    address = reverse("record_act", args=[record.pk, name])
    return client.post(address, {"seen": seen(record), "reason": "按文件更正"} | values)


def test_a_record_entered_by_hand_is_on_its_page_and_in_the_list(bureau, record):
    assert (record.level, record.unit, record.enterprise is not None) == ("district", None, True)
    page = bureau.get(reverse("record", args=[record.pk])).content.decode()
    assert "渝经信〔2024〕55号" in page
    assert "手工登记" in page
    listed = bureau.get(reverse("register", args=["platform"]))
    assert [line.record for line in listed.context["lines"]] == [record]
    assert "1个" in listed.context["totals"]
    assert "区级1" in listed.context["totals"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("since", "2099-01-01", "日期晚于今天"),
        ("since", "去年", "日期"),
        ("firm_code", "91500116MA0000000X", ""),
        ("level", "province", "没有“级别”的这一选项"),
        ("subject", "", "请填写“平台名称”"),
        ("until", "2020-01-01", "早于“认定日期”"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(bureau, plan, field, value, said):
    values = PLATFORM | {"firm_name": "外区某厂"} | {field: value}
    answer = bureau.post(reverse("register_new", args=["platform"]), posted(values))
    assert answer.status_code == 422
    assert said in "".join(answer.context["form"].errors[field])
    assert "渝经信〔2024〕55号" in answer.content.decode()
    assert not Record.objects.exists()


def test_the_same_record_is_not_entered_twice(bureau, record):
    values = PLATFORM | {"firm_name": record.firm_name, "firm_code": record.enterprise.uscc}
    answer = bureau.post(reverse("register_new", args=["platform"]), posted(values))
    assert answer.status_code == 422
    assert "已登记" in answer.content.decode()
    assert Record.objects.count() == 1


def test_a_change_says_what_was_before_and_why(bureau, record):
    form = bureau.get(reverse("record_act", args=[record.pk, "change"])).context["columns"]
    values = {name: form[name].value() or "" for name in form.fields}
    assert "level" not in values
    values["number"] = "渝经信〔2024〕56号"
    assert act(bureau, record, "change", **posted(values)).status_code == 302
    entry = RecordEntry.objects.first()
    assert (entry.act, entry.reason) == ("changed", "按文件更正")
    assert entry.before == {"number": "渝经信〔2024〕55号"}
    assert entry.after == {"number": "渝经信〔2024〕56号"}
    again = act(bureau, record, "change", **posted(values))
    assert again.status_code == 422
    assert "没有变化" in again.content.decode()


def test_two_windows_never_overwrite_each_other(bureau, record):
    looked_at = seen(record)
    assert act(bureau, record, "level", level="city", on="2026-03-01").status_code == 302
    late = act(bureau, record, "review", on="2026-04-01", seen=looked_at, reason="三年评估")
    assert late.status_code == 422
    told = late.content.decode()
    assert "别人登记了" in told
    assert "三年评估" in told
    assert "市级" in told
    assert f'name="seen" value="{seen(record)}"' in told
    assert RecordEntry.objects.filter(act="reviewed").count() == 0


def test_every_act_is_done_and_taken_back(bureau, record):
    assert act(bureau, record, "level", level="city", on="2026-03-01").status_code == 302
    assert act(bureau, record, "review", on="2026-04-01").status_code == 302
    assert act(bureau, record, "end", on="2026-05-01").status_code == 302
    assert not Record.objects.in_force_on(day("2026-05-01")).exists()
    assert act(bureau, record, "reopen").status_code == 302
    record.refresh_from_db()
    assert (record.level, record.reviewed_on, record.until) == ("city", day("2026-04-01"), None)
    page = bureau.get(reverse("record", args=[record.pk]))
    assert [name for name, _ in page.context["levels"]] == ["区级", "市级"]
    entry = RecordEntry.objects.get(act="promoted")
    undone = bureau.post(
        reverse("record_take_back", args=[record.pk, entry.pk]), {"reason": "登记错了"}
    )
    assert undone.status_code == 302
    record.refresh_from_db()
    assert record.level == "district"
    again = bureau.post(
        reverse("record_take_back", args=[record.pk, entry.pk]), {"reason": "登记错了"}
    )
    assert again.status_code == 422


def test_what_later_words_build_on_is_not_taken_back(bureau, record):
    act(bureau, record, "review", on="2026-04-01")
    first = RecordEntry.objects.get(act="entered")
    answer = bureau.post(
        reverse("record_take_back", args=[record.pk, first.pk]), {"reason": "登记错了"}
    )
    assert answer.status_code == 422
    assert "请先撤销这些变更" in answer.content.decode()


def test_money_is_returned_and_never_more_than_was_given(bureau, plan):
    holder = firm()
    values = {
        "firm_name": holder.name, "firm_code": holder.uscc, "subject": "研发补助", "number": "审〔1〕",
        "amount": "50", "since": "2026-02-01",
    }  # fmt: skip
    assert bureau.post(reverse("register_new", args=["subsidy"]), posted(values)).status_code == 302
    record = Record.objects.get()
    assert act(bureau, record, "return", on="2026-05-01", amount="60").status_code == 422
    assert act(bureau, record, "return", on="2026-05-01", amount="20").status_code == 302
    listed = bureau.get(
        reverse("register", args=["subsidy"]), {"since": "2026-01-01", "until": "2026-12-31"}
    )
    assert "30万元，已扣收回" in listed.context["totals"]
    assert bureau.get(reverse("record_act", args=[record.pk, "level"])).status_code == 404


def test_a_change_into_another_record_is_refused(bureau, record):
    values = PLATFORM | {"subject": "另一中心", "firm_name": record.firm_name}
    bureau.post(reverse("register_new", args=["platform"]), posted(values))
    other = Record.objects.exclude(pk=record.pk).get()
    form = bureau.get(reverse("record_act", args=[other.pk, "change"])).context["columns"]
    told = {name: form[name].value() or "" for name in form.fields} | {"subject": record.subject}
    answer = act(bureau, other, "change", **posted(told))
    assert answer.status_code == 422
    assert "已登记的另一条记录相同" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "捷达"}, 1), ({"q": "没有"}, 0), ({"on": "2024-06-17"}, 0), ({"on": ""}, 1),
        ({"level": "district"}, 1), ({"level": "city"}, 0), ({"klass": "technology"}, 1),
        ({"unit": "degan"}, 1), ({"unit": "baisha"}, 0), ({"review": "due", "on": "2026-06-30"}, 0),
        ({"review": "due", "on": "2027-06-18"}, 1), ({"review": "due", "on": "2027-06-17"}, 0),
    ],
)  # fmt: skip
def test_the_list_answers_what_is_asked(bureau, record, query, found):
    answer = bureau.get(reverse("register", args=["platform"]), query)
    assert (answer.status_code, len(answer.context["lines"])) == (200, found)


@pytest.mark.parametrize("query", [{"on": "x"}, {"level": "x"}, {"unit": "x"}, {"colour": "red"}])
def test_a_question_that_is_not_understood_lists_nothing(bureau, record, query):
    answer = bureau.get(reverse("register", args=["platform"]), query)
    assert (answer.status_code, answer.context["lines"]) == (400, [])


def test_units_read_their_own_and_only_keepers_write(client, bureau, record, people):
    kind = record.kind
    for name, status in (("德感", 200), ("街道", 200), ("老郑", 200), ("审计", 200)):
        client.force_login(people[name])
        assert client.get(reverse("record", args=[record.pk])).status_code == status
        assert client.get(reverse("register_new", args=["platform"])).status_code == 403
    stranger = people["德感"]
    stranger.unit = Unit.objects.get(code="baisha")
    stranger.save()
    client.force_login(stranger)
    assert client.get(reverse("record", args=[record.pk])).status_code == 404
    assert client.get(reverse("register", args=["platform"])).context["lines"] == []
    kind.keepers.add(stranger.unit)
    assert client.get(reverse("record", args=[record.pk])).status_code == 200
    assert client.get(reverse("register_new", args=["platform"])).status_code == 200
    assert client.get(reverse("register_load", args=["platform"])).status_code == 200
    assert client.get(reverse("register_load", args=["loan"])).status_code == 403


def test_the_index_names_every_register_with_its_number(bureau, record):
    lines = {line.kind.code: line for line in bureau.get(reverse("registers")).context["lines"]}
    assert set(lines) == set(RecordKind.objects.values_list("code", flat=True))
    assert lines["platform"].count == 1
    assert lines["loan"].count == 0
    assert lines["platform"].loaded_at is None


def test_queries_do_not_grow(bureau, record, load, django_assert_max_num_queries):
    def measure(route, *args):
        with django_assert_max_num_queries(40) as told:
            bureau.get(reverse(route, args=args))
        return len(told)

    pages = [("registers",), ("register", "platform"), ("record", record.pk)]
    before = [measure(*page) for page in pages]
    rows = [
        [f"第{n}技术中心", firm().name, "区级", "企业技术中心", "2025-01-01"] for n in range(12)
    ]
    result = load(
        kinds.kind_coded("platform"),
        workbook(["平台名称", "依托单位", "级别", "类别", "认定日期"], *rows),
    )
    assert result["new"] == 12, result
    act(bureau, record, "review", on="2026-04-01")
    assert [measure(*page) for page in pages] == before


def test_the_review_day_that_is_shown_is_the_first_on_which_it_is_due(plan):
    kind = kinds.kind_coded("platform")
    for start in ("2024-02-29", "2023-08-31", "2024-06-18", "2024-12-31"):
        for months in (6, 12, 18, 36):
            kind.review_months = months
            row = Record.objects.create(
                kind=kind, since=day(start), identity=f"{start}{months}", subject="试"
            )
            shown = reviews.due_on(row, kind)
            rows = Record.objects.filter(pk=row.pk)
            assert reviews.due(rows, [kind], shown).exists()
            assert not reviews.due(rows, [kind], shown - dt.timedelta(days=1)).exists()


def test_an_administrator_adds_a_register_without_code(client, people, plan):
    client.force_login(people["安安"])
    kind = {
        "code": "lab", "name": "共享实验室", "counter": "个", "tasks": "task-5", "identity": "subject",
        "review_months": "", "basis": "", "note": "", "is_kept": "on", "order": "99",
    }  # fmt: skip
    assert client.post(reverse("admin:enterprises_recordkind_add"), kind).status_code == 302
    lab = RecordKind.objects.get(code="lab")
    # Without its columns it is not there yet.
    assert client.get(reverse("register", args=["lab"])).status_code == 404
    assert client.get(reverse("registers")).status_code == 200
    column = {"kind": lab.pk, "code": "a", "title": "名称", "aliases": "", "unit": "", "order": "1"}
    told = (
        {"code": "subject", "role": "subject", "type": "text", "is_required": "on", "choices": ""},
        {"code": "since", "title": "日期", "role": "since", "type": "day", "is_required": "on"},
        {
            "code": "size", "title": "规模", "role": "level", "type": "choice",
            "choices": "small|小|小型、微型\nbig|大|", "order": "3",
        },
    )  # fmt: skip
    add = reverse("admin:enterprises_recordfield_add")
    for values in told:
        answer = client.post(add, column | values)
        assert answer.status_code == 302, answer.context["adminform"].form.errors
    wrong = column | {"code": "x", "title": "丙", "role": "level", "type": "choice"}
    refused = client.post(add, wrong | {"choices": "只有一个词"})
    assert "代码|名称" in refused.content.decode()
    assert client.get(reverse("register", args=["lab"])).status_code == 200
    values = {"subject": "甲室", "since": "2026-01-05", "size": "big"}
    entered = client.post(reverse("register_new", args=["lab"]), posted(values))
    assert entered.status_code == 302, entered.context["form"].errors
    assert Record.objects.get().level == "big"
    assert kinds.kind_coded("lab").levels[0]["aliases"] == ["小型", "微型"]
