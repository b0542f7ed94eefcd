"""Celery inside the server's process: worker and beat on threads over the in-memory broker, no service to install."""

import threading
from typing import Any

from celery import Celery
from celery.beat import Scheduler, Service
from celery.worker import WorkController

from config.celery import app


class EmbeddedWorker:
    """Tasks run in this process: they see its caches and its channel layer."""

    def __init__(self, celery_app: Celery) -> None:
        self._worker: Any = WorkController(
            app=celery_app,
            hostname="embedded",
            pool_cls="threads",
            concurrency=2,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        # It looks whether it shall stop only between two naps.
        self._beat = Service(celery_app, max_interval=1, scheduler_cls=Scheduler)
        self._threads = [
            threading.Thread(target=self._worker.start, name="celery-worker", daemon=True),
            threading.Thread(target=self._beat.start, name="celery-beat", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End both; a task under way is given a few seconds."""
        self._beat.stop()
        self._worker.stop()
        for thread in self._threads:
            thread.join(timeout=5)


def start() -> EmbeddedWorker:
    worker = EmbeddedWorker(app)
    worker.start()
    return worker
