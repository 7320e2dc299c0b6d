"""The memory that a process has held."""

import re
import resource
from pathlib import Path


def peak() -> int:
    """The most so far, in bytes. What its parent held when it began does not count, as
    it would in ru_maxrss on Linux.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    match = re.search(r"VmHWM:\s*(\d+) kB", status)
    assert match
    return 1024 * int(match[1])
