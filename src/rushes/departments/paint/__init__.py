"""Paint: the show learns an artist's fix from a handful of before/after frames."""
