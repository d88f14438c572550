"""Rushes: small bespoke models for one production, taught only by its own cleared material."""
