"""Settings and entry points of the project."""
