"""Documents, rendered from what they are given."""
