"""The border to other systems."""
