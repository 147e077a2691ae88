"""登记变更 offers the acts by what they concern, those of which the firm gives a case first."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from enterprises import registry
from enterprises.firms.acts_by_hand import ACTS
from enterprises.registry import acts
from tests.firms import TODAY, certificate, firm
from tests.targets.by_hand.test_firm_change import address, clerk  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def titles(client, one, act="rename") -> tuple[dict, dict, bool]:
    menu = client.get(address(one, act)).context["menu"]
    offered, folded = (
        {group.label: [link.title for link in group.links] for group in groups}
        for groups in (menu.offered, menu.folded)
    )
    return offered, folded, menu.is_unfolded


def test_a_certified_firm_has_its_certificate_and_no_place_in_the_pool(clerk):  # noqa: F811
    one = firm()
    next_year = timezone.localdate() + dt.timedelta(days=365)
    registry.apply([certificate(one.uscc, until=next_year)], by=None)
    offered, folded, _ = titles(clerk, one)
    assert list(offered) == ["企业", "资质", "申报", "数据", "更正"]
    assert offered["资质"] == ["取得资质", "变更有效期", "取消资质"]
    assert {"更正证书编号", "更正证书日期", "更正信用代码"} <= set(offered["更正"])
    assert folded["后备库"] == ["后备库入库、调整", "退出后备库"]
    assert folded["企业"] == ["恢复"]
    assert folded["更正"] == ["更正更名日期"]


def test_what_happens_to_a_firm_moves_the_acts(clerk):  # noqa: F811
    one = firm()
    pool = acts.EnterPool(uscc=one.uscc, stage="seed", on=TODAY)
    rename = acts.Rename(uscc=one.uscc, name="江津新名制造有限公司", on=TODAY)
    registry.apply([pool, rename], by=None)
    offered, folded, _ = titles(clerk, one)
    assert offered["后备库"] == ["后备库入库、调整", "退出后备库"]
    assert "更正更名日期" in offered["更正"]
    assert folded["资质"] == ["变更有效期", "取消资质"]
    registry.apply([acts.Close(uscc=one.uscc, on=TODAY)], by=None)
    offered, folded, _ = titles(clerk, one)
    assert "恢复" in offered["企业"]
    assert {"迁移", "注销"} <= set(folded["企业"])
    assert "后备库" in folded


def test_every_act_is_reached_and_the_chosen_one_is_never_hidden(clerk):  # noqa: F811
    one = firm()
    page = clerk.get(address(one, "reopen"))
    html = page.content.decode()
    for code, act in ACTS.items():
        assert f'href="?act={code}"' in html
        assert clerk.get(address(one, code)).context["form"].title == act.form.title
    assert page.context["menu"].is_unfolded
    assert not clerk.get(address(one, "rename")).context["menu"].is_unfolded
    assert reverse("firm_application", args=[one.uscc]) in html
