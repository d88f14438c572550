"""The painted board: a small translation network taught by the show alone."""
