"""The entry point of `charnames` and `python -m charnames`."""

import gc
import signal

# Imports make tens of thousands of objects, and none of them is garbage.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def main() -> None:
    """Run the command line, and exit with its status."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    # Python's handler of Ctrl-C prints a traceback. Until the commands are imported and
    # set their own, the system's default ends the program.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from charnames import cli

    try:
        cli.main()
    finally:
        gc.freeze()  # the collections at exit would go through every object


if __name__ == "__main__":
    main()
