"""What was done in a quarter is kept as events, which are only added to.

An existing database gets those that its rows still tell: openings, extensions, rosters handed in and
decided. What was never kept (who moved a due day, and from when) cannot be told of the past.
"""

import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

POSTGRESQL = [
    """
    CREATE FUNCTION quarter_events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'quarter_event_append_only: 报送经过只能追加' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    """
    CREATE TRIGGER quarter_event_append_only BEFORE UPDATE OR DELETE ON enterprises_quarterevent
    FOR EACH ROW EXECUTE FUNCTION quarter_events_are_append_only()
    """,
]
# No trigger on DELETE, as for the ledger: SQLite has no TRUNCATE, and `flush` would meet it.
SQLITE = [
    """
    CREATE TRIGGER quarter_event_append_only BEFORE UPDATE ON enterprises_quarterevent
    BEGIN SELECT RAISE(ABORT, 'quarter_event_append_only: 报送经过只能追加'); END
    """,
]
APPROVED = ("approved", "applied", "replaced", "undone")


def guard(apps, schema_editor):
    statements = {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    # Both go with the table, but for the function.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER quarter_event_append_only ON enterprises_quarterevent")
        schema_editor.execute("DROP FUNCTION quarter_events_are_append_only()")


def tell_the_past(apps, schema_editor):
    models = {
        name: apps.get_model("enterprises", name)
        for name in ("Quarter", "LockException", "RosterVersion")
    }
    database = schema_editor.connection.alias
    rows = {name: model.objects.using(database).order_by("pk") for name, model in models.items()}
    QuarterEvent = apps.get_model("enterprises", "QuarterEvent")
    events = []

    def tell(kind, at, by_id, **about):
        if at:
            events.append(QuarterEvent(kind=kind, at=at, by_id=by_id, **about))

    for quarter in rows["Quarter"]:
        tell("opened", quarter.created_at, quarter.opened_by_id, quarter=quarter)
    for granted in rows["LockException"]:
        about = {"quarter_id": granted.quarter_id, "unit_id": granted.unit_id}
        about |= {"after": {"until": granted.until.isoformat()}, "reason": granted.reason}
        tell("extended", granted.granted_at, granted.granted_by_id, **about)
    for version in rows["RosterVersion"].select_related("roster"):
        roster = version.roster
        about = {
            "quarter_id": roster.quarter_id,
            "unit_id": roster.unit_id,
            "version_id": version.pk,
        }
        tell("handed_in", version.submitted_at, version.submitted_by_id, **about)
        senders = (version.created_by_id, version.submitted_by_id)
        approved = "approved_alone" if version.decided_by_id in senders else "approved"
        if version.state in APPROVED:
            tell(approved, version.decided_at, version.decided_by_id, **about)
        elif version.state == "returned":
            tell("returned", version.decided_at, version.decided_by_id, **about)
        tell(
            "undone", version.undone_at, version.undone_by_id, reason=version.undone_reason, **about
        )
    # In the order of their times: the history shows the newest, which has the highest number, first.
    QuarterEvent.objects.using(database).bulk_create(sorted(events, key=lambda event: event.at))


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0005_void_registrations"),
        ("parks", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="rosterversion",
            name="same_person_reason",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="经办与审核为同一人的说明"
            ),
        ),
        migrations.CreateModel(
            name="QuarterEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "开放季度"),
                            ("moved", "调整期限"),
                            ("reopened", "锁定后重新开放"),
                            ("extended", "单独延期"),
                            ("handed_in", "报送"),
                            ("taken_back", "撤回"),
                            ("returned", "退回"),
                            ("approved", "审核通过"),
                            ("approved_alone", "审核通过（同一人报送并审核）"),
                            ("given_back", "未能入库，重新待审"),
                            ("undone", "撤销入库"),
                        ],
                        max_length=16,
                        verbose_name="事项",
                    ),
                ),
                (
                    "before",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="原为",
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="改为",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="理由")),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "quarter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="enterprises.quarter",
                        verbose_name="季度",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parks.unit",
                        verbose_name="单位",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="enterprises.rosterversion",
                        verbose_name="名册版本",
                    ),
                ),
            ],
            options={
                "verbose_name": "报送经过",
                "verbose_name_plural": "报送经过",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "opened",
                                    "moved",
                                    "reopened",
                                    "extended",
                                    "handed_in",
                                    "taken_back",
                                    "returned",
                                    "approved",
                                    "approved_alone",
                                    "given_back",
                                    "undone",
                                ],
                            )
                        ),
                        name="quarter_event_kind_known",
                        violation_error_message="未知的报送事项。",
                    )
                ],
            },
        ),
        migrations.RunPython(tell_the_past, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(guard, unguard, elidable=False),
    ]
