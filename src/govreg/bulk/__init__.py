"""Many rows at once: the same rules, as columns."""
