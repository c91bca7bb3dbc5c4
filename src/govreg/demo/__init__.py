"""The small company of `govreg demo`."""
