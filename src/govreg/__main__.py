"""`python -m govreg`."""

from govreg.cli.main import main

if __name__ == "__main__":
    main()
