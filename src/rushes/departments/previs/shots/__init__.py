"""Shots: a typed line and the exact camera it asks for, plans of coverage, and checks on cutting them together.

Everywhere here: metres, degrees and millimetres; a right-handed stage with Y up. A heading of 0° looks along +Z, 90°
along +X: positive turns are anticlockwise seen from above.
"""
