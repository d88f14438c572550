"""The six verbs, in the order of the work: ingest, clear, train, render, review, deliver. They never call each other.

Each looks up, asks the domain, does, and records.
"""
