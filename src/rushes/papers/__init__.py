"""Documents that a studio files or hands on, made from nouns: no ledger, no pixels."""
