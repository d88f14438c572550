"""The stage: sets, people and their blocking, ready to be photographed."""
