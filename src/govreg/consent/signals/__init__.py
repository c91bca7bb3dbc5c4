"""Consent signals as others send them: read, judged, explained, written. Pure."""
