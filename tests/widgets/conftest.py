"""The fixtures of events, for everything below."""

from ..lessons import connect, lesson

__all__ = ["connect", "lesson"]
