"""SQLite, PostgreSQL and MariaDB as sources of a govreg register."""
