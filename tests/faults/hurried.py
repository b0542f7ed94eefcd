"""Lectern's own settings with a beat that runs everything every other second, for tests that wait for it."""

from celery.schedules import schedule

from config.settings import *  # noqa: F403
from config.settings import CELERY_BEAT_SCHEDULE as ITS_OWN

CELERY_BEAT_SCHEDULE = {name: {**entry, "schedule": schedule(2)} for name, entry in ITS_OWN.items()}
