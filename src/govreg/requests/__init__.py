"""What a person asks."""
