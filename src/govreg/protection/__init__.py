"""Unreadable without a key."""
