"""Socket.IO 5 over Engine.IO sessions: namespaces, acks, attachments, recovery; one consumer per namespace joined."""

from sessions_app.realtime.engineio import EngineConfig, Frame

from .codec import encode_event
from .server import NamespaceConfig, SocketServer
from .socket import Socket

__all__ = ["EngineConfig", "Frame", "NamespaceConfig", "Socket", "SocketServer", "encode_event"]
