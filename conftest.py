"""Settings of every test."""

import os
from pathlib import Path

from hypothesis import Phase, settings

# a busy machine is no failure, so that no example has a time limit
settings.register_profile("govreg", deadline=None)
settings.load_profile("govreg")

# a mutant is caught or not: what catches it need not be made small, and is the same each time
settings.register_profile(
    "mutants",
    deadline=None,
    max_examples=25,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)

# the many commands that tests start compile each module once, whatever the machine's habit is
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PYTHONPYCACHEPREFIX"] = str(Path(__file__).parent / ".pytest_cache" / "bytecode")
