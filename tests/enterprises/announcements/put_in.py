"""Lists put in through their page, as a clerk of the bureau does it."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enterprises import jobs
from enterprises.models import Announcement, Job
from tests.enterprises.workbooks import firm

PUBLICITY = "2026年第一批高新技术企业备案公示"
FILING = "关于2026年第一批高新技术企业备案的公告"
DAY = dt.date(2026, 11, 5)
JIA, YI, BING = (firm(number)["name"] for number in (1, 2, 3))
TWINS = "重庆同名机械有限公司"


def putting_in(desk):
    def put(title, *names, name="名单.txt", on=DAY, **meaning):
        text = "\n".join([title, *(f"{n}．{each}" for n, each in enumerate(names, 1))])
        desk.post(reverse("announcements"), {"lists": SimpleUploadedFile(name, text.encode())})
        for job in Job.objects.unfinished().filter(kind="announcement_read"):
            jobs.run_inline(job)
        found = Announcement.objects.order_by("-pk").first()
        told = {"kind": found.kind, "published_on": on, "year": found.year, "batch": found.batch}
        told = {key: value for key, value in {**told, **meaning}.items() if value}
        said = desk.post(reverse("announcement_meaning", args=[found.pk]), told)
        assert said.status_code == 302, said.content.decode()[:2000]
        return Announcement.objects.get(pk=found.pk)

    return put


def write(desk, found):
    preview = desk.get(reverse("announcement_preview", args=[found.pk])).context["preview"]
    desk.post(reverse("announcement_write", args=[found.pk]), {"seen": preview.digest})
    return preview
