"""Options that say where work is done side by side. Nothing here imports numpy."""

from __future__ import annotations

from functools import wraps
from typing import Any

import click

from charnames.cli.options.command import Decorator, F, option
from charnames.cli.options.types import Text


def executor_options(
    heading: str, jobs_help: str, all_cores: bool = False
) -> Decorator[Any]:
    """--jobs and --cluster, under that heading; the command gets them as `executor`.

    jobs_help: what --jobs is the number of. all_cores: whether there are as many as
    cores by default, in place of one.
    """
    default = "one for each core" if all_cores else "1"

    def decorate(command: F) -> F:
        @wraps(command)
        def with_executor(
            *args: Any, jobs: int | None, cluster: str | None, **values: Any
        ) -> Any:
            if jobs and cluster:
                raise click.UsageError(
                    "give --jobs or --cluster, not both: a cluster has its own workers"
                )
            from charnames.experiments.executors import Executor, cores

            executor = Executor(jobs or (cores() if all_cores else 1), cluster)
            return command(*args, executor=executor, **values)

        decorated: Any = with_executor
        decorated = option(
            "--cluster",
            type=Text(),
            metavar="ADDRESS",
            heading=heading,
            help="Use the workers of a Dask scheduler, at an address such as "
            "tcp://10.0.0.1:8786. Needs the extra charnames[cluster].",
        )(decorated)
        decorated = option(
            "--jobs",
            type=click.IntRange(1),
            metavar="N",
            heading=heading,
            help=f"{jobs_help} [{default}]",
        )(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate
