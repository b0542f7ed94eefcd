"""What beat does, and how often."""

from django.conf import settings

from config.celery import app

MINUTE, HOUR = 60, 3600


def test_beat_runs_tasks_that_exist_as_often_as_the_docs_say() -> None:
    app.loader.import_default_modules()
    due = {
        entry["task"]: entry["schedule"].run_every.total_seconds() for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }

    assert due == {
        "sessions_app.tasks.end_idle_sessions": MINUTE,
        "sessions_app.tasks.sweep_dead_servers": MINUTE / 2,
        "sessions_app.tasks.delete_expired_sessions": HOUR,
    }
    assert due.keys() <= app.tasks.keys()
