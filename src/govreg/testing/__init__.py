"""For authors of connectors and packs."""
