"""HTML pages: joining, the teacher's board, the projector, signing in once."""
