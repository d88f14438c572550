"""Other programs of the house, each in its own words; they do not talk to one another."""
