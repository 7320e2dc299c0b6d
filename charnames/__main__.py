"""The entry point of `charnames` and `python -m charnames`."""

import signal


def main() -> None:
    """Run the command line, and exit with its status."""
    # Python's handler of Ctrl-C prints a traceback. Until the commands are imported and
    # set their own, the system's default ends the program.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from charnames import cli

    cli.main()


if __name__ == "__main__":
    main()
