"""What people choose: recorded, shown, withdrawn, proven; many at once, and by signals."""
