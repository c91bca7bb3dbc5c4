"""Conditions with three truth values."""
