"""Sheets for the first AD: stripboard, day-out-of-days, shot list; CSV, XLSX and PDF."""
