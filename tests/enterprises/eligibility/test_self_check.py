"""The self-check by its command, against cases that were reckoned independently."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.enterprises.eligibility.sound import SOUND, as_csv

pytestmark = pytest.mark.django_db


def told(path) -> list[dict[str, str]]:
    out = StringIO()
    call_command("self_check", csv=path, file=path, json=True, stdout=out)
    return json.loads(out.getvalue())


def test_every_sample_case_comes_out_as_reckoned(plan, samples):
    path = samples / "eligibility.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = told(path)
    outcomes = list(rows[0])[list(rows[0]).index("legal") :]
    assert len(found) == len(rows) > 300
    for row, case in zip(rows, found, strict=True):
        expected = {name: row[name] for name in ("case", *outcomes)}
        assert case == expected, f"case {row['case']}: {row['kind']}"


def test_without_json_the_verdict_is_told_as_what_it_is(plan, tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text(as_csv(SOUND), encoding="utf-8-sig")
    out = StringIO()
    call_command("self_check", csv=path, file=path, stdout=out)
    assert out.getvalue().splitlines() == ["1 待评", "自检结果，不代表认定结论。"]


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("applied_on", "", "请填申请日期"),
        ("registered_on", "2026-02-30", "请填日期"),
        ("sales_1", "约一百万", "请填数字"),
        ("sales_1", "NaN", "请填数字"),
        ("sales_1", "1e999999999", "请填数字"),
        ("ip1", "1.5", "请填整数"),
        ("standard", "也许", "请填有、无"),
        ("staff_months", "10", "请按月填写"),
        ("applied_on", "2009-01-01", "没有可用的认定条件"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_line(plan, tmp_path, column, value, sentence):
    path = tmp_path / "cases.csv"
    path.write_text(as_csv(SOUND, {**SOUND, column: value}), encoding="utf-8")
    with pytest.raises(CommandError, match=sentence) as refusal:
        told(path)
    if "没有可用" not in sentence:
        assert f"第3行“{column}”" in str(refusal.value)


def test_other_files_are_refused_in_words(plan, tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text("case,name\n1,x\n")
    with pytest.raises(CommandError, match="缺少列"):
        told(path)
    path.write_bytes("案例,名称\n".encode("gbk"))
    with pytest.raises(CommandError, match="UTF-8"):
        told(path)
    with pytest.raises(CommandError, match="没有这个文件"):
        told(tmp_path / "nothing.csv")
