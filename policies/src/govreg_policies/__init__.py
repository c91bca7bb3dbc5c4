"""Rules of privacy law as data: the packs that govreg evaluates."""
