"""What a list is about and what it does, told by its title and its text; what these do not say stays open."""

import datetime as dt

import pytest

from enterprises.announcements.meaning import Said, kinds_of_lists, meaning_of
from enterprises.announcements.reading.reader import read_pasted

NAME = "重庆甲机械有限公司"


def meaning(*texts, filename="名单.docx", **told):
    return meaning_of(read_pasted("\n".join([*texts, f"1．{NAME}"])), filename, Said(**told))


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        (
            "关于对重庆市认定机构2026年认定报备的第一批高新技术企业进行备案公示的通知",
            "hnte_publicity",
        ),
        ("关于对重庆市认定机构2026年认定报备的第一批高新技术企业进行备案的公告", "hnte_filing"),
        ("重庆市2026年第二批高新技术企业更名公告", "hnte_rename"),
        ("江津区2026年第一批高新技术企业证书发放名单", "hnte_issue"),
        ("关于取消重庆甲工程有限公司等48家企业高新技术企业资格的公告", "hnte_revoke"),
        ("关于重庆甲有限公司等3家企业整体迁移高新技术企业资格继续有效的公告", "hnte_relocation"),
        ("重庆市2026年第四批拟入库科技型企业公示名单", "tech_publicity"),
        ("重庆市2026年第四批科技型企业入库名单", "tech_register"),
        ("江津区2026年科技型企业退库名单", "tech_exit"),
        ("江津区科技型企业名称变更备案表（2026年10月）", "tech_rename"),
        ("重庆市2026年第三批入库科技型中小企业名单公告", "tech_sme_register"),
        ("关于撤销重庆甲有限公司等15家科技型中小企业入库登记编号的公告", "tech_sme_revoke"),
        (
            "关于重庆市第八批专精特新“小巨人”企业和2026年复核通过企业名单的公示",
            "little_giant_publicity",
        ),
        ("2026年重庆市专精特新中小企业名单", "srdi_register"),
        ("2026年第二批重庆市创新型中小企业名单", "innovative_register"),
        ("第十批制造业单项冠军企业拟认定名单（重庆）", "champion_publicity"),
        ("江津区2026年拟推荐专精特新中小企业公示", "srdi_publicity"),
    ],
)
def test_a_title_tells_the_kind(title, kind):
    assert meaning(title).code == kind
    assert kind in kinds_of_lists()


def test_a_file_name_tells_it_where_the_title_does_not():
    assert meaning("附件", filename="2026年高企备案公告.docx").code == "hnte_filing"
    assert meaning("附件", filename="名单.docx") is None


def test_a_person_has_the_last_word():
    found = meaning("2026年高新技术企业名单", kind="tech_exit", published_on=dt.date(2026, 5, 6))
    assert (found.code, found.kind, found.published_on) == (
        "tech_exit",
        "tech",
        dt.date(2026, 5, 6),
    )


@pytest.mark.parametrize(
    ("texts", "day"),
    [
        (["重庆市科学技术局", "2026年11月5日"], "2026-11-05"),
        (["重庆市科学技术局　2026年11月5日"], "2026-11-05"),
        (["公示时间：2026年8月26日至9月1日。"], "2026-08-26"),
        (["公示期为10个工作日（2026年10", "月13日至2026年10月27日）。"], "2026-10-13"),
        (["证书发证日期为2026年10月29日，有效期三年。", "2026年11月5日"], "2026-11-05"),
        (["证书发证日期为2026年10月29日。"], None),
        (["有效期2026年6月1日至2029年5月31日"], None),
        (["2026年2月30日"], None),
    ],
)
def test_the_day_of_the_notice_and_no_other_day(texts, day):
    found = meaning("2026年高新技术企业备案公告", *texts)
    assert (str(found.published_on) if found.published_on else None) == day


def test_what_the_text_says_of_all_firms():
    found = meaning(
        "2026年第十二批高新技术企业备案公告（更正）",
        "证书发证日期为2026年10月29日",
        "有效期2026年6月1日至2029年5月31日",
    )
    assert found.issued_on == dt.date(2026, 10, 29)
    assert (found.valid_from, found.valid_until) == (dt.date(2026, 6, 1), dt.date(2029, 5, 31))
    assert (found.year, found.batch, found.is_correction) == (2026, 12, True)
    revoked = meaning("关于取消高新技术企业资格的决定", "决定自2025年1月1日起取消其资格。")
    assert revoked.revoked_from == dt.date(2025, 1, 1)


@pytest.mark.parametrize(
    ("batch", "number"),
    [
        ("一", 1),
        ("九", 9),
        ("十", 10),
        ("十一", 11),
        ("二十", 20),
        ("二十三", 23),
        ("7", 7),
        ("百", None),
    ],
)
def test_batches_in_words_and_digits(batch, number):
    assert meaning(f"第{batch}批高新技术企业名单").batch == number


@pytest.mark.parametrize(
    ("title", "scope"),
    [
        ("江津区2026年科技型企业退库名单", "district"),
        ("重庆市江津区2026年科技型企业退库名单", "district"),
        ("重庆市2026年科技型企业退库名单", "city"),
        ("关于取消重庆市江津区甲机械有限公司等3家企业高新技术企业资格的公告", "city"),
    ],
)
def test_a_firms_name_in_the_title_does_not_make_the_list_the_districts(title, scope):
    assert meaning(title).scope == scope
