"""The scores of a year are frozen by two persons: one asks, another looks and freezes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FROZEN = "assessment_is_frozen: 已定分的考核方案不可更改"
DECREED = "assessment_items_stand: 已下达的考核项目不可更改，请先退回草案"
# SQLite makes a table anew to add a constraint: its triggers go with the old one, and one of another table that reads
# it is in the way.
FREED = "DROP TRIGGER assessment_items_stand"
GUARDED = (
    f"""
    CREATE TRIGGER assessment_is_frozen BEFORE UPDATE ON targets_assessmentscheme WHEN OLD.state = 'frozen'
    BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END
    """,
    f"""
    CREATE TRIGGER assessment_items_stand BEFORE UPDATE ON targets_assessmentitem
    WHEN EXISTS (
        SELECT 1 FROM targets_assessmentscheme WHERE id = OLD.scheme_id AND state IN ('decreed', 'frozen')
    ) BEGIN SELECT RAISE(ABORT, '{DECREED}'); END
    """,
)


def free(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(FREED)


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in GUARDED:
            schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('targets', '0016_bulletins'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(free, migrations.RunPython.noop),
        migrations.AddField(
            model_name='assessmentscheme',
            name='freeze_asked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='提请定分时间'),
        ),
        migrations.AddField(
            model_name='assessmentscheme',
            name='freeze_asked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提请定分人'),
        ),
        migrations.AlterField(
            model_name='assessmentevent',
            name='kind',
            field=models.CharField(choices=[('proposed', '提请下达'), ('withdrawn', '撤回提请'), ('decreed', '下达'), ('reopened', '退回草案'), ('asked', '提请定分'), ('frozen', '定分')], max_length=10, verbose_name='事项'),
        ),
        migrations.AddConstraint(
            model_name='assessmentscheme',
            constraint=models.CheckConstraint(condition=models.Q(('freeze_asked_by', None), ('frozen_by', None), models.Q(('frozen_by', models.F('freeze_asked_by')), _negated=True), _connector='OR'), name='assessment_frozen_by_two', violation_error_message='提请定分和定分不能是同一个人。'),
        ),
        migrations.AddConstraint(
            model_name='assessmentscheme',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('freeze_asked_at', None), ('freeze_asked_by', None)), models.Q(('freeze_asked_at__isnull', False), ('freeze_asked_by__isnull', False), ('state__in', ['decreed', 'frozen'])), _connector='OR'), name='assessment_freeze_asked_whole', violation_error_message='提请定分须写明人和时间，并且方案已下达。'),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
