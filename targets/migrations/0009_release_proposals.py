"""A quarter is published by two persons: one asks, another confirms. What was settled is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

TABLE = "targets_releaseproposal"
WORDS = "proposal_is_kept: 拟发布的内容不可更改，已发布或撤回的不再变动"
SETTLED = "OLD.release_id IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"
ASKED = ("quarter_id", "reason", "mark", "ledger_entry", "asked_by_id", "asked_at")
REWRITTEN = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in ASKED)
POSTGRESQL = [
    f"""
    CREATE TRIGGER proposal_is_kept BEFORE UPDATE ON {TABLE}
    FOR EACH ROW WHEN ({SETTLED} OR {REWRITTEN}) EXECUTE FUNCTION refuse_change('{WORDS}')
    """,
    f"""
    CREATE TRIGGER proposal_stays BEFORE DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION refuse_change('{WORDS}')
    """,
]
SQLITE = [
    f"""
    CREATE TRIGGER {TABLE}_kept BEFORE UPDATE ON {TABLE} WHEN {SETTLED} OR {REWRITTEN}
    BEGIN SELECT RAISE(ABORT, '{WORDS}'); END
    """
]


def guard(apps, schema_editor):
    statements = {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0004_kind_is_register"),
        ("targets", "0008_first_seen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReleaseProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="修订原因")),
                ("mark", models.CharField(max_length=64, verbose_name="所见内容摘要")),
                ("ledger_entry", models.BigIntegerField(verbose_name="提请时账簿至")),
                ("seen", models.JSONField(default=dict, verbose_name="提请时所见")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="提请时间")),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
                ),
                (
                    "doubts",
                    models.JSONField(blank=True, default=list, verbose_name="发布时尚缺"),
                ),
                (
                    "sole_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="由一人办理的理由"),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提请人",
                    ),
                ),
                (
                    "quarter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="enterprises.quarter",
                        verbose_name="季度",
                    ),
                ),
                (
                    "release",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposal",
                        to="targets.release",
                        verbose_name="发布",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤回人",
                    ),
                ),
            ],
            options={
                "verbose_name": "拟发布",
                "verbose_name_plural": "拟发布",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(release=None, withdrawn_at=None),
                        fields=("quarter",),
                        name="proposal_one_open",
                        violation_error_message="本季度已有一项拟发布。",
                    ),
                    models.CheckConstraint(
                        condition=Q(withdrawn_at=None, withdrawn_by=None)
                        | Q(
                            release=None,
                            withdrawn_at__isnull=False,
                            withdrawn_by__isnull=False,
                        ),
                        name="proposal_withdrawn_whole",
                        violation_error_message="撤回须有撤回人和时间；已发布的不能撤回。",
                    ),
                ],
            },
        ),
        migrations.RunPython(guard, elidable=False),
    ]
