"""ALL the SQL: tables, and one file for each noun that is kept. SQLite by default, Postgres by URL."""
