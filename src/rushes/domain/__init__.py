"""Nouns and rules: what a production owns, who may do what. Standard library only; no files, no network, no pixels."""
