"""The suite's ground: one private PostgreSQL for the run, unless YIMEN_TEST_DATABASE_URL names another."""
