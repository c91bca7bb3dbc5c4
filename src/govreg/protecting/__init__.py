"""Fields in the sources made unreadable without a key: planned, sealed, counted, given back."""
