"""CSV, JSON Lines and Parquet files as sources of a govreg register."""
