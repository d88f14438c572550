"""The script: Fountain, Final Draft and PDF read into one model, its eighths, and a new draft merged into the old."""
