"""Settings of every test: a busy machine is no failure, so that no example has a time limit."""

from hypothesis import settings

settings.register_profile("govreg", deadline=None)
settings.load_profile("govreg")
