"""What is held, where and why."""
