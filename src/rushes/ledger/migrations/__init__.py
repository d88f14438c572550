"""The steps that bring a ledger's tables up to date, oldest first in `versions`; Alembic runs them on opening.

A new step is a new file in `versions`, written by hand, with the number of the step before as `down_revision`; its
own number goes into `tables.SCHEMA`. A test holds the result against `tables` on both databases. There is no way
down: facts are never taken out.
"""
