"""Real files come in: read any table, propose what its columns mean, check every row, take it once."""
