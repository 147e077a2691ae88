"""What a database of before agencies had rows gets by its migration."""

from importlib import import_module

import pytest
from django.apps import apps

from enterprises.models import Agency, AgencySpelling
from tests.enterprises.applications.test_list import applied

pytestmark = pytest.mark.django_db


def test_names_told_before_become_agencies_by_their_commonest_spelling(people):
    for name in ("甲咨询", "甲咨询", "甲 咨询", "乙代理", ""):
        applied("filed", agency=name)
    migration = import_module("enterprises.migrations.0011_applications_followed")
    migration.carry_over(apps, None)
    assert sorted(Agency.objects.values_list("name", flat=True)) == sorted(["甲咨询", "乙代理"])
    assert AgencySpelling.objects.get(key="甲咨询").agency.name == "甲咨询"
    assert Agency.objects.get(name="乙代理").events.get().what == "由原有申报记录建立"
