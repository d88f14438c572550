"""Greybox pictures of a stage through a camera, with everything that is known about each pixel."""
