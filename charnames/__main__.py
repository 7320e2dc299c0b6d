"""`python -m charnames`: the command line."""

from charnames.cli import main

if __name__ == "__main__":
    main()
