"""Where the command line begins: `charnames`, and `python -m charnames`."""

import signal


def main() -> None:
    """Run the command line, and leave with its exit status."""
    # To Ctrl-C, Python's answer is a traceback. Until the commands are imported and
    # have theirs, it ends the program as it ends any other.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from charnames import cli

    cli.main()


if __name__ == "__main__":
    main()
