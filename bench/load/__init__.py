"""The load generator: one process of its own that knows nothing but the wire."""
