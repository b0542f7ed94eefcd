"""Lectern's benchmark: every figure beside the same figure of a server that it starts itself."""
