"""The handbook's table of rules is the catalogue itself."""

from pathlib import Path

from django.conf import settings

from enterprises.reporting import crossrules


def test_the_handbook_prints_the_rules_as_they_are_carried_out():
    handbook = (Path(settings.BASE_DIR) / "docs/handbook.zh.md").read_text(encoding="utf-8")
    assert crossrules.rulebook() in handbook
    assert crossrules.rulebook().count("\n") > 60
