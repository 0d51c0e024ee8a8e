"""Django's PostgreSQL backend with one answer of our own (`base`)."""
