"""The open sessions of a server, and the tick in which their frames leave."""

import asyncio
import json
from collections.abc import Callable

from .config import EngineConfig, Scope
from .frames import Frame
from .lines import Line
from .reasons import SHUTDOWN
from .session import Listener, Session


class Registry:
    """Opens, finds and forgets sessions, and writes all that changed once per turn of the event loop."""

    def __init__(self, config: EngineConfig, listen: Callable[[Session], Listener]) -> None:
        self.config = config
        self._listen = listen
        self._sessions: dict[str, Session] = {}
        self._dirty: list[Session] = []
        self._closing = False

    def __len__(self) -> int:
        return len(self._sessions)

    def is_full(self) -> bool:
        return self._closing or len(self._sessions) >= self.config.max_sessions

    def find(self, sid: str) -> Session | None:
        return self._sessions.get(sid)

    def open_session(self, scope: Scope, line: Line, *, upgrades: list[str]) -> Session:
        session = Session(self.config.new_id(), scope, line, self)
        self._sessions[session.sid] = session
        session.send(self._open_packet(session.sid, upgrades))
        session.listener = self._listen(session)
        return session

    def _open_packet(self, sid: str, upgrades: list[str]) -> Frame:
        facts = {
            "sid": sid,
            "upgrades": upgrades,
            "pingInterval": self.config.ping_interval_ms,
            "pingTimeout": self.config.ping_timeout_ms,
            "maxPayload": self.config.max_payload_bytes,
        }
        return Frame("0" + json.dumps(facts, separators=(",", ":")))

    def forget(self, session: Session) -> None:
        self._sessions.pop(session.sid, None)

    def flush_later(self, session: Session) -> None:
        if not self._dirty:
            asyncio.get_running_loop().call_soon(self._flush)
        self._dirty.append(session)

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, []
        for session in dirty:
            session.flush()

    def close_all(self) -> None:
        """From now on every handshake is refused."""
        self._closing = True
        for session in list(self._sessions.values()):
            session.close(SHUTDOWN)
