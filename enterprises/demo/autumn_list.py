"""An official list that has just come in: the filing of the year's last batch, read and not written yet.

Made of the demo's own applications: most firms are found, some are missed, one bears a name that another
district's firm has too, one is printed wrong, one was struck off, and most lines are about firms of other districts.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import tomllib
from collections.abc import Iterable, Sequence

from django.utils.html import escape

from enterprises import jobs
from enterprises.announcements import intake
from enterprises.demo.clock import told_at, working_hour
from enterprises.demo.firms import DATA
from enterprises.demo.history import SEED
from enterprises.models import Announcement, Application, Closure, Job
from parks.district import DISTRICT
from parks.models import User

Line = tuple[str, str, str]
"""Name, number of the certificate, district."""
OTHER_DISTRICTS = ("永川区", "璧山区", "綦江区", "大足区", "九龙坡区")
STRANGERS = 46
LEFT_OUT = 4
FIRST_NUMBER = 90_001
PAGE = """<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title></head><body>
<h1>{title}</h1><p>重庆市高新技术企业认定管理机构：</p>
<p>经公示无异议，现对重庆市认定机构{year}年认定报备的第{batch}批{count}家高新技术企业予以备案，\
证书发证日期为{issued}，有效期三年。</p>
<table><tr><th>序号</th><th>企业名称</th><th>证书编号</th><th>所属区县</th></tr>
{rows}</table><p>演示公告机构</p><p>{published}</p></body></html>
"""


def receive(today: dt.date, by: User) -> Announcement | None:
    """Nothing where no firm of the demo waits for such a list."""
    waiting = list(
        Application.objects.filter(
            kind__code="hnte", stage=Application.Stage.PUBLICITY, until=None, batch__isnull=False
        )
        .select_related("enterprise")
        .order_by("-year", "-batch", "enterprise__uscc")
    )
    if not waiting:
        return None
    year, batch = waiting[0].year, waiting[0].batch
    assert batch is not None
    named = [one.enterprise.name for one in waiting if (one.year, one.batch) == (year, batch)]
    gone = Closure.objects.holding_on(today).select_related("enterprise").order_by("pk").last()
    lines = lines_of(named, gone.enterprise.name if gone else "", year)
    published = _working_day(today - dt.timedelta(days=3))
    title = (
        f"关于对重庆市认定机构{year}年认定报备的第{_in_words(batch)}批高新技术企业进行备案的公告"
    )
    content = PAGE.format(
        title=title,
        year=year,
        batch=_in_words(batch),
        count=len(lines),
        issued=_day(_working_day(published - dt.timedelta(days=4))),
        published=_day(published),
        rows="\n".join(_row(number, line) for number, line in enumerate(lines, 1)),
    )
    with told_at(working_hour(today - dt.timedelta(days=1), 1)):
        name = f"{title}（演示）.html"
        received = intake.receive([content.encode()], name, by=by)
        for job in Job.objects.unfinished().filter(kind=intake.READ):
            jobs.run_inline(job)
    received.refresh_from_db()
    return received


def lines_of(named: Sequence[str], gone: str, year: int) -> list[Line]:
    """In the order of the printed list: those of all districts mixed. `gone`: a firm that was struck off."""
    chance = random.Random(SEED + 7)
    own = [(name, DISTRICT.name) for name in named[LEFT_OUT:]]
    if len(own) > 3:
        # As it is printed: one character is another, one firm's name is also another's elsewhere.
        own[0] = (_misprinted(own[0][0]), DISTRICT.name)
        own[1] = (own[1][0], OTHER_DISTRICTS[0])
    if gone:
        own.append((gone, DISTRICT.name))
    others = [
        (name, OTHER_DISTRICTS[number % len(OTHER_DISTRICTS)])
        for number, name in enumerate(itertools.islice(_strangers(chance), STRANGERS))
    ]
    both = own + others
    chance.shuffle(both)
    return [
        (name, f"GR{year}511{FIRST_NUMBER + 3 * number}", district)
        for number, (name, district) in enumerate(both)
    ]


def _strangers(chance: random.Random) -> Iterable[str]:
    """Firms of other districts: their names are of a form that the demo's own never have."""
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    trades = [trade for rows in data["trades"].values() for trade, _ in rows]
    seen: set[str] = set()
    while True:
        core = chance.choice(data["second"]) + chance.choice(data["first"])
        name = f"重庆外区演示{core}{chance.choice(trades)}有限公司"
        if name not in seen:
            seen.add(name)
            yield name


def _misprinted(name: str) -> str:
    return (
        name.replace("股份有限公司", "有限公司")
        if "股份" in name
        else name.replace("演示", "演示科")
    )


def _row(number: int, line: Line) -> str:
    cells = "".join(f"<td>{escape(text)}</td>" for text in line)
    return f"<tr><td>{number}</td>{cells}</tr>"


def _working_day(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=max(day.weekday() - 4, 0))


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _in_words(batch: int) -> str:
    return "零一二三四五六七八九"[batch]
