"""Breakdown: what each scene needs, with the words that say so."""
