"""A release says on screen and on paper how far the ledger was sealed when it was made."""

import io

import docx
import openpyxl
import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models.ledger import LEDGER
from enterprises.registry import acts
from parks.sealing.chain import last_seal, seal_at
from targets.bulletin import document
from targets.bulletin.content import build_bulletin
from targets.bulletin.workbook import build_workbook
from targets.releases import publishing
from tests.firms import code, firm

pytestmark = pytest.mark.django_db


def test_what_is_printed_stays_whatever_is_told_later(client, quarter, people):
    firm(hnte=True)
    release = publishing.publish(quarter, by=people["小石"])
    seal = seal_at(LEDGER, release.made_at)
    said = f"变更账簿封存至第{seal.last}条，摘要{seal.digest[:16]}（SM3）"
    client.force_login(people["老郑"], backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("release", args=[release.code])
    assert said in client.get(address).content.decode()
    registry.apply([acts.Register(uscc=code(770_001), name="后来公司")], by=None)
    assert last_seal(LEDGER).last > seal.last
    assert said in client.get(address).content.decode()
    word = docx.Document(io.BytesIO(document.fill(build_bulletin(release))))
    feet = "".join(part.text for section in word.sections for part in section.footer.paragraphs)
    assert said in feet
    book = openpyxl.load_workbook(io.BytesIO(build_workbook(build_bulletin(release))))
    assert all(said in str(sheet.oddFooter.right.text) for sheet in book)
