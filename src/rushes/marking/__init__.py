"""Marks in pixels that survive what happens to a movie on its way."""
