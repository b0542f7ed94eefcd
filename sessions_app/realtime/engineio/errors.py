"""What a peer can do wrong, as exceptions that never leave the transport."""


class MalformedPacket(ValueError):
    """The peer broke the protocol; its session ends."""


class PayloadTooLarge(ValueError):
    """The body of a request is beyond the limit that the handshake told."""


class RequestAborted(ConnectionError):
    """The peer went away in the middle of its request."""
