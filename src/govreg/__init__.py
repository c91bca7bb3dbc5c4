"""govreg: a register of personal data, and the machinery that makes it true."""

__version__ = "0.1.0"
