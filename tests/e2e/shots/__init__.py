"""Screenshots of every page and state: a lesson is driven on a real server, and photographed on the way."""
