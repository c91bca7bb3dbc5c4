"""Gone, and proven."""
