"""Rule packs: policy as data, one file for each guild, insurer, client or law."""
