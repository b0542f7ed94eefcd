"""Engine.IO 4 sessions over ASGI: heartbeat, polling, WebSocket, upgrade, bounded queues."""

from .config import ASGIApplication, EngineConfig, Message, Receive, Scope, Send
from .errors import MalformedPacket
from .frames import Frame
from .reasons import Reason
from .server import EngineServer
from .session import Listener, Session

__all__ = [
    "ASGIApplication",
    "EngineConfig",
    "EngineServer",
    "Frame",
    "Listener",
    "MalformedPacket",
    "Message",
    "Reason",
    "Receive",
    "Scope",
    "Send",
    "Session",
]
