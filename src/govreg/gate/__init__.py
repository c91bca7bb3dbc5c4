"""The only doors to personal data."""
