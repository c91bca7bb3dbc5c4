"""Passes over whole sources: what reads many rows and concerns no single person."""
