"""The servers that the bench starts: baselines, and Lectern with one more event for the fan-out."""
