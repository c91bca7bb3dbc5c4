"""Settings of every test."""

import os
from pathlib import Path

from hypothesis import settings

# a busy machine is no failure, so that no example has a time limit
settings.register_profile("govreg", deadline=None)
settings.load_profile("govreg")

# the many commands that tests start compile each module once, whatever the machine's habit is
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PYTHONPYCACHEPREFIX"] = str(Path(__file__).parent / ".pytest_cache" / "bytecode")
