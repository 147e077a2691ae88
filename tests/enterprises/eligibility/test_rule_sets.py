"""The self-check's conditions as the bureau keeps them: seeded, entered in the admin, switched by the day alone."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.urls import reverse

from enterprises.eligibility.rule_sets import rule_book, shipped_book, shipped_rows
from enterprises.models import RuleSet
from tests.clock import noon_of
from tests.enterprises.eligibility.sound import SOUND, as_csv
from tests.enterprises.mining.test_candidates import made as made
from tests.enterprises.mining.test_candidates import outcomes, page

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 30)
LATER = dt.date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _on_the_day():
    with noon_of(DAY):
        yield


@pytest.fixture
def admin_client(client, people):
    client.force_login(people["安安"])
    return client


def kept(kind: str) -> RuleSet:
    return RuleSet.objects.filter(kind__code=kind).latest("since")


def form_of(row: RuleSet, **changes: object) -> dict[str, object]:
    """As the page sends it; what is named in `changes` is an item of the set, or a field."""
    fields = {"since": row.since, "document": row.document, "note": row.note, "confirmed": ""}
    thresholds = json.loads(json.dumps(row.thresholds))
    for name, value in changes.items():
        if name in fields:
            fields[name] = value
        else:
            thresholds[name] = value
    text = json.dumps(thresholds, ensure_ascii=False)
    return {"kind": row.kind_id, "conditions": row.conditions, "thresholds": text, **fields}


def send(client, address: str, form: dict[str, object]) -> str:
    """The words of the answer, after the way back where it was kept."""
    return client.post(address, form, follow=True).content.decode()


ADD = "admin:enterprises_ruleset_add"


def change(row: RuleSet) -> str:
    return reverse("admin:enterprises_ruleset_change", args=[row.pk])


# --- seeds ----------------------------------------------------------------------------------------
def test_the_rows_are_those_of_the_file_and_added_once(plan):
    assert RuleSet.objects.count() == len(shipped_rows())
    assert {each.rules.document for each in rule_book().sets} == {
        row["document"] for row in shipped_rows()
    }
    for each in shipped_book().sets:
        assert rule_book().set_on(each.kind, each.since).rules is each.rules
    row = kept("hnte")
    row.since, row.thresholds = LATER, {**row.thresholds, "least_staff_share": 12}
    row.save()
    RuleSet.objects.filter(kind__code="srdi").delete()
    call_command("load_plan", verbosity=0)
    assert [each.since for each in RuleSet.objects.filter(kind__code="hnte")] == [LATER]
    assert kept("srdi").thresholds["least_rd"] == 100


def test_without_any_row_the_file_serves(client, people, made):
    name = made.firm()
    for rows in (RuleSet.objects.exclude(kind__code="srdi"), RuleSet.objects.all()):
        rows.delete()
        assert outcomes(page(client, people["小石"])) == {name: "ready"}


def test_the_command_reads_the_file_whatever_is_kept(plan, tmp_path):
    row = kept("hnte")
    RuleSet.objects.filter(pk=row.pk).update(thresholds={**row.thresholds, "least_staff_share": 90})
    path = tmp_path / "cases.csv"
    path.write_text(as_csv(SOUND), encoding="utf-8-sig")
    out = StringIO()
    call_command("self_check", csv=path, file=path, json=True, stdout=out)
    assert json.loads(out.getvalue())[0]["c4_threshold"] == "10"


# --- entering -------------------------------------------------------------------------------------
def test_a_later_set_is_shown_then_kept_and_answers_from_its_day_on(admin_client, people, made):
    name = made.firm(years=(2023, 2024, 2025, 2026))
    wanted = form_of(kept("hnte"), since=LATER, least_staff_share=30, document="《新办法》")
    seen = send(admin_client, reverse(ADD), wanted)
    assert "与2016-01-01起的一套相比，科技人员占比下限（%）：10 → 30" in seen
    assert (
        "名单“高企候选”按2027-01-01申报推算：1家企业的结果改变：可测项全部符合→差一项 1家。" in seen
    )
    # Nothing is kept yet, and nothing of the form is lost.
    assert RuleSet.objects.filter(kind__code="hnte").count() == 1
    assert "《新办法》" in seen
    assert "&quot;least_staff_share&quot;: 30" in seen
    done = send(admin_client, reverse(ADD), {**wanted, "confirmed": "on"})
    assert "科技人员占比下限（%）：10 → 30" in done
    [entry] = LogEntry.objects.all()
    assert "科技人员占比下限（%）：10 → 30。" in entry.get_change_message()

    for on, outcome, state, document in (
        ("2026-12-31", "ready", "met", "32号"),
        ("2027-01-01", "near", "failed", "《新办法》"),
    ):
        answer = page(admin_client, people["小石"], on=on)
        assert outcomes(answer) == {name: outcome}
        assert document in answer.content.decode()
        uscc = answer.context["lines"][0].firm.uscc
        shown = admin_client.get(reverse("firm_self_check", args=[uscc]), {"on": on})
        line = next(line for line in shown.context["check"].lines if line.code == "c4")
        assert line.answer.state.name.lower() == state
        assert document in shown.content.decode()
        told = admin_client.get(f"/api/v1/enterprises/{uscc}/self-check/", {"on": on}).json()
        assert document in told["document"]
        assert {row["code"]: row["state"] for row in told["conditions"]}["c4"] == state
        [row] = admin_client.get("/api/v1/pool/candidates/", {"on": on}).json()["results"]
        assert row["outcome"] == outcome


def test_a_set_that_has_judged_is_corrected_only_in_sight_and_stays_in_its_place(
    admin_client, people, made
):
    made.firm(years=(2023, 2024, 2025))
    row = kept("hnte")
    seen = send(admin_client, change(row), form_of(row, least_hightech_share=85))
    assert "高新技术产品收入占比下限（%）：60 → 85" in seen
    assert "按2026-11-30申报推算：1家企业的结果改变" in seen
    assert kept("hnte").thresholds["least_hightech_share"] == 60
    moved = form_of(row, since=LATER) | {"confirmed": "on"}
    assert "这套条件已经起用" in send(admin_client, change(row), moved)
    assert kept("hnte").since == row.since
    send(admin_client, change(row), form_of(row, least_hightech_share=85, confirmed="on"))
    assert kept("hnte").thresholds["least_hightech_share"] == 85
    # Words alone change no outcome, and need no second look.
    send(admin_client, change(row), form_of(kept("hnte"), note="据原文核对"))
    assert kept("hnte").note == "据原文核对"


def test_only_a_set_that_has_not_begun_is_deleted(admin_client, people):
    row = kept("hnte")
    delete = "admin:enterprises_ruleset_delete"
    assert admin_client.post(reverse(delete, args=[row.pk]), {"post": "yes"}).status_code == 403
    row.pk, row.since = None, LATER
    row.save()
    assert admin_client.post(reverse(delete, args=[row.pk]), {"post": "yes"}).status_code == 302
    assert kept("hnte").since < LATER


def test_a_set_is_taken_as_the_start_of_the_next_one(admin_client, people):
    row = kept("srdi")
    wanted = form_of(row, since=LATER, least_rd=200, confirmed="on") | {"_saveasnew": "1"}
    send(admin_client, change(row), wanted)
    told = RuleSet.objects.filter(kind__code="srdi").order_by("since")
    assert [each.thresholds["least_rd"] for each in told] == [100, 200]


def test_the_page_shows_a_set_in_lines_and_in_order(admin_client, people):
    shown = admin_client.get(change(kept("innovative_sme"))).content.decode()
    places = [
        shown.index(f"&quot;{name}&quot;: ")
        for name in ("names", "needed", "direct_kinds", "score")
    ]
    assert places == sorted(places)
    assert "{&quot;from&quot;: 5, &quot;points&quot;: 20}" in shown
    assert "score.least_total：总分下限" in shown


HNTE_SCORE = next(row for row in shipped_rows() if row["kind"] == "hnte")["thresholds"]["score"]


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("hnte", {"least_staff_share": "10%"}, "（科技人员占比下限（%））应为0至100的数字"),
        ("hnte", {"least_staff_share": 101}, "应为0至100的数字"),
        ("hnte", {"least_staff_share": True}, "应为0至100的数字"),
        ("hnte", {"least_score": 70.5}, "应为不小于0的整数"),
        ("hnte", {"least_patents": 3}, "“least_patents”不是这里的项目"),
        ("hnte", {"legal_forms": ["有限公司"]}, "不认识“有限公司”，可用：有限责任公司"),
        ("hnte", {"needed": ["c44"]}, "“needed”中的“c44”没有写在“names”里"),
        ("hnte", {"rd_tiers": [{"up_to": 5000, "share": 5}]}, "须有一档不写 up_to"),
        ("hnte", {"rd_tiers": [{"share": 5}, {"share": 4}]}, "有两档的界限相同"),
        ("hnte", {"rd_tiers": []}, "应为至少一档的列表"),
        ("hnte", {"score": {**HNTE_SCORE, "count_class1": [8, 7]}}, "“score.count_class1”"),
        ("hnte", {"score": {**HNTE_SCORE, "growth": [{"from": 5}]}}, "第1档缺 points"),
        ("hnte", {"names": {"c1": "满一年"}}, "“names”缺编号为“c2”的条件"),
        ("srdi", {"rd_years": 4}, "应为1至3的整数"),
        ("srdi", {"base_kinds": ["nobody"]}, "“nobody”不是资质类别的代码"),
        (
            "srdi",
            {"names": {"debt": "负债率"}, "needed": []},
            "缺“most_debt”（资产负债率上限（%））",
        ),
        ("srdi", {"names": {"dept": "负债率"}, "needed": []}, "没有编号为“dept”的条件"),
        ("srdi", {"document": ""}, "必填"),
        ("srdi", {"since": dt.date(2022, 8, 1)}, "同一类别同一起始日只能有一套条件"),
    ],
)
def test_a_bad_threshold_is_named_in_words(admin_client, people, kind, changes, said):
    form = form_of(kept(kind), **{"since": LATER, "confirmed": "on", **changes})
    assert said in send(admin_client, reverse(ADD), form)
    assert not RuleSet.objects.filter(since=LATER).exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"names": {,}', "第1行第12字处不能读取"),
        ('{\n"least_rd": NaN}', "“least_rd”（上一年研发费用下限（万元））应为不小于0的数字"),
        ('{"least_rd": 1, "least_rd": 2}', "“least_rd”写了两次"),
        ("[1]", "标准应为 {…} 的形式"),
        ("[" * 100_000, "标准不能读取"),
        ('{"note\\u0000": 1}', "含有不能保存的字符"),
        ('{"note": "\\ud800"}', "标准不能读取"),
        ('{"least_rd": ' + "9" * 5000 + "}", "标准不能读取"),
        ("", "必填"),
    ],
)
def test_text_that_cannot_be_read_is_refused_and_not_lost(admin_client, people, text, said):
    form = form_of(kept("srdi"), since=LATER) | {"thresholds": text}
    seen = send(admin_client, reverse(ADD), form)
    assert said in seen
    assert not RuleSet.objects.filter(since=LATER).exists()


@pytest.mark.parametrize(
    ("kind", "conditions", "said"),
    [
        ("srdi", "small_firm", "这一类别的其他各套条件用的是另一种判断方法"),
        ("champion", "certificate", "这种判断方法已用于另一资质类别"),
    ],
)
def test_a_kind_keeps_its_way_of_judging(admin_client, people, kind, conditions, said):
    form = form_of(kept(kind), since=LATER) | {"conditions": conditions}
    assert said in send(admin_client, reverse(ADD), form)


def test_fractions_of_a_percent_are_exact(admin_client, people, made):
    name = made.firm(years=(2023, 2024, 2025), rd_staff=3, staff=40)
    form = form_of(kept("hnte"), since=dt.date(2026, 11, 30), least_staff_share=7.5, confirmed="on")
    send(admin_client, reverse(ADD), form)
    assert outcomes(page(admin_client, people["小石"])) == {name: "ready"}
