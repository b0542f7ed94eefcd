from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("sessions_app", "0003_lessons_profiles_and_screens"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="accesskey",
            options={"verbose_name": "access key", "verbose_name_plural": "access keys"},
        ),
        migrations.AlterModelOptions(
            name="connection",
            options={"verbose_name": "connection", "verbose_name_plural": "connections"},
        ),
        migrations.AlterModelOptions(
            name="lesson",
            options={"verbose_name": "lesson", "verbose_name_plural": "lessons"},
        ),
        migrations.AlterModelOptions(
            name="participant",
            options={"verbose_name": "participant", "verbose_name_plural": "participants"},
        ),
        migrations.AlterModelOptions(
            name="profile",
            options={"verbose_name": "profile", "verbose_name_plural": "profiles"},
        ),
        migrations.AlterModelOptions(
            name="room",
            options={"verbose_name": "room", "verbose_name_plural": "rooms"},
        ),
        migrations.AlterModelOptions(
            name="runstep",
            options={
                "ordering": ["session", "position", "pk"],
                "verbose_name": "run step",
                "verbose_name_plural": "run steps",
            },
        ),
        migrations.AlterModelOptions(
            name="serverprocess",
            options={"verbose_name": "server process", "verbose_name_plural": "server processes"},
        ),
        migrations.AlterModelOptions(
            name="session",
            options={"verbose_name": "session", "verbose_name_plural": "sessions"},
        ),
        migrations.AlterModelOptions(
            name="sessionevent",
            options={
                "ordering": ["session", "sequence"],
                "verbose_name": "session event",
                "verbose_name_plural": "session events",
            },
        ),
        migrations.AlterModelOptions(
            name="step",
            options={"ordering": ["lesson", "position", "pk"], "verbose_name": "step", "verbose_name_plural": "steps"},
        ),
    ]
