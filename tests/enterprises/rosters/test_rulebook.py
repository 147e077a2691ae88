"""The handbook's table of rules is the catalogue itself."""

from pathlib import Path

from django.conf import settings

from enterprises.reporting import cross_rules


def test_the_handbook_prints_the_rules_as_they_are_carried_out():
    handbook = (Path(settings.BASE_DIR) / "docs/handbook.zh.md").read_text(encoding="utf-8")
    assert cross_rules.rulebook() in handbook
    assert cross_rules.rulebook().count("\n") > 60
