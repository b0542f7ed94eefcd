"""Connection-state recovery: what a client may have missed while its line was down.

Protocol: https://socket.io/docs/v4/connection-state-recovery
"""

from collections import deque
from collections.abc import Sequence

from sessions_app.realtime.engineio.frames import Frame


class RecoveryLog:
    """The last events written to one client, oldest first, bounded in bytes.

    Broadcasts are shared frames, so that most of what a log holds is held once for everybody.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._events: deque[Sequence[Frame]] = deque()
        self._bytes = 0
        self._forgot = False

    def add(self, frames: Sequence[Frame]) -> Sequence[Frame]:
        """The same event as it is to be sent, with its offset."""
        event = (frames[0].with_offset(), *frames[1:])
        self._events.append(event)
        self._bytes += _size(event)
        while self._bytes > self._max_bytes:
            self._bytes -= _size(self._events.popleft())
            self._forgot = True
        return event

    def find_missed(self, offset: str | None) -> list[Sequence[Frame]] | None:
        """What came after `offset` (None: the client saw nothing); None where that cannot be told any more."""
        if offset is None:
            return None if self._forgot else list(self._events)
        events = list(self._events)
        # The earliest, should a frame have been written twice: better again than never.
        for index, event in enumerate(events):
            if event[0].offset == offset:
                return events[index + 1 :]
        return None


def _size(event: Sequence[Frame]) -> int:
    return sum([frame.size for frame in event])
