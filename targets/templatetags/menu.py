"""The bar over every page: its heads, and which pages stand under each for whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django import template
from django.template import Context
from django.urls import reverse

from parks.models import User

register = template.Library()


def _everybody(_user: User) -> bool:
    return True


def _reads_rosters(user: User) -> bool:
    """Departments send no rosters, and read none."""
    return user.reporting_unit is not None or user.sees_whole_district


@dataclass(frozen=True)
class MenuEntry:
    """A page of the menu. `below`: how other paths begin for which it stands as well."""

    route: str
    label: str
    is_shown_to: Callable[[User], bool] = _everybody
    below: str = ""
    icon: str = ""


HEADS: dict[str, list[MenuEntry]] = {
    "看数": [
        MenuEntry("home", "首页", below="/units/"),
        MenuEntry("targets", "目标"),
        MenuEntry("goals", "任务分解"),
        MenuEntry("bridge", "增减"),
        MenuEntry("outlook", "到期与预测"),
    ],
    "企业": [
        MenuEntry("firm_list", "企业"),
        MenuEntry("applications", "申报"),
        MenuEntry("renewals", "续证"),
        MenuEntry("pool", "后备库"),
        MenuEntry("pool-candidates", "候选企业"),
        MenuEntry("pool-plan", "申报计划"),
        MenuEntry("followup", "对接"),
        MenuEntry("duties", "年度义务"),
        MenuEntry("ip_items", "知识产权"),
        MenuEntry("calendar", "申报日历"),
        MenuEntry("ledger", "变更账簿", lambda user: user.sees_whole_district),
    ],
    "报送": [
        MenuEntry("roster_board", "季度名册", _reads_rosters),
        MenuEntry("announcements", "官方名单", lambda user: user.in_bureau),
        MenuEntry("load", "名册入库", lambda user: user.in_bureau),
        MenuEntry("reported", "填报指标"),
        MenuEntry("quarterly", "季度事项"),
    ],
    "工作": [
        MenuEntry("tasks", "重点任务"),
        MenuEntry("registers", "台账"),
        MenuEntry("meetings", "联席会议"),
        MenuEntry("assessment", "考核"),
        MenuEntry("releases", "发布"),
        MenuEntry("jobs", "后台任务"),
    ],
}
"""A page stands under exactly one head. A new page is one line here."""
OWN = [
    MenuEntry("api-docs", "接口文档", icon="file-earmark-spreadsheet"),
    MenuEntry("security_log", "安全日志", lambda user: user.role == User.Role.AUDITOR, icon="list"),
    MenuEntry(
        "accounts",
        "账号",
        lambda user: user.role == User.Role.BUREAU_ADMIN,
        icon="person-circle",
    ),
    MenuEntry(
        "condition",
        "运行状况",
        lambda user: user.role == User.Role.BUREAU_ADMIN,
        icon="check-circle",
    ),
    MenuEntry("admin:index", "系统管理", lambda user: user.is_staff, icon="list"),
    MenuEntry("own_account", "账号安全", icon="key"),
    MenuEntry("password_change", "修改密码", icon="key"),
]
"""Under the person's name; signing out stands there too."""
SHORT_WAYS = [
    MenuEntry("desk", "本周", lambda user: user.in_bureau or user.unit is not None),
    MenuEntry("roster_board", "季度名册", lambda user: user.reporting_unit is not None),
    MenuEntry("tasks", "重点任务", lambda user: user.unit is not None and not user.reporting_unit),
]
"""What a unit comes for stands in the bar itself, too."""


@dataclass(frozen=True)
class Link:
    """An entry as one person sees it on one page; `current` is the value of aria-current."""

    label: str
    url: str
    icon: str
    current: str


@dataclass(frozen=True)
class Head:
    label: str
    links: list[Link]

    @property
    def is_current(self) -> bool:
        return any(link.current for link in self.links)


@dataclass(frozen=True)
class Menu:
    heads: list[Head]
    short_ways: list[Link]
    own: Head


@register.simple_tag(takes_context=True)
def menu(context: Context) -> Menu:
    """The bar for who is signed in, on the page that is shown."""
    user, path = context["user"], context["request"].path
    heads = [Head(label, _links(entries, user, path)) for label, entries in HEADS.items()]
    return Menu(heads, _links(SHORT_WAYS, user, path), Head(str(user), _links(OWN, user, path)))


def _links(entries: list[MenuEntry], user: User, path: str) -> list[Link]:
    shown = {reverse(entry.route): entry for entry in entries if entry.is_shown_to(user)}
    currents = {url: _current(entry, url, path) for url, entry in shown.items()}
    # Of two pages one of which stands under the other, one is on the nearer.
    nearest = max((url for url, current in currents.items() if current), key=len, default="")
    return [
        Link(entry.label, url, entry.icon, currents[url] if url == nearest else "")
        for url, entry in shown.items()
    ]


def _current(entry: MenuEntry, url: str, path: str) -> str:
    """ "page" on the page itself, "true" on those that belong to it, "" elsewhere."""
    if path == url:
        return "page"
    # The home page's address begins every other one.
    under = url != reverse("home") and path.startswith(url)
    return "true" if under or (entry.below and path.startswith(entry.below)) else ""
