"""What beat runs for live sessions; safe to run twice."""

from celery import shared_task

from . import queries, retention, servers, services


@shared_task
def end_idle_sessions() -> int:
    """End the sessions that are over: idle for half an hour, or older than any lesson. Their record is kept."""
    ended = 0
    for session in queries.idle_sessions():
        services.end_session(session, actor="beat")
        ended += 1
    return ended


@shared_task
def sweep_dead_servers() -> int:
    return servers.sweep_dead_servers()


@shared_task
def delete_expired_sessions() -> int:
    """Delete the records whose time is over."""
    return retention.erase_expired()
