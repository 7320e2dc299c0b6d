"""A run of `tune`: the trials as they finish, the report, and the best recipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from charnames.cli.terminal.console import Console, json_line, printable
from charnames.cli.terminal.exits import Stopped, stops
from charnames.cli.terminal.quoting import command_line
from charnames.cli.tuning_run import report
from charnames.cli.tuning_run.output import write_output
from charnames.cli.tuning_run.planning import SearchPlan
from charnames.cli.tuning_run.progress import SearchProgress
from charnames.cli.tuning_run.report import Result, recipe_file
from charnames.errors import TrainingError
from charnames.experiments.tuning.search import (
    SEEDS,
    best_of,
    compare_recipes,
    run_search,
)
from charnames.experiments.tuning.space import space_texts
from charnames.experiments.tuning.trials import Outcome
from charnames.recipes.recipe import Recipe


class Searching:
    """A search while it runs."""

    def __init__(self, console: Console, plan: SearchPlan) -> None:
        self.console, self.plan = console, plan
        request = plan.request
        self.progress = SearchProgress(
            plan.objective, request.trials, request.deadline, plan.study.outcomes()
        )
        self.put = console.tell if request.output == "-" else console.put
        open_screen = not (console.quiet or console.no_progress)
        self.has_screen = open_screen and console.live and not request.json
        self.has_lines = open_screen and not self.has_screen and not request.json

    def run(self) -> None:
        """Search, and write the best recipe with its report.

        Raises TrainingError, click.ClickException, and Stopped, which says what is
        kept.
        """
        plan = self.plan
        with self._answering():
            self._start()
            with self._screen():
                request = plan.request
                for outcome in run_search(
                    plan.search,
                    plan.study,
                    request.trials,
                    request.deadline,
                    request.executor,
                ):
                    self._report(outcome)
            result = self._result()
        self._finish(result)

    def _start(self) -> None:
        plan, split = self.plan, self.plan.search.split
        if count := len(self.progress.outcomes):
            self.console.say(f"{plan.request.study}: {count:,} trials are done already")
        self.console.say(f"objective: {report.measured(plan.objective, split)}")
        self.console.say(f"{len(split.unseen()):,} are left for the end")
        space = space_texts(plan.space)
        for name, values in space.items():
            self.console.detail(f"{name}: {values}")
        if plan.request.json:
            self._event(
                {
                    "event": "start",
                    "dataset": plan.search.examples.source,
                    "objective": plan.objective.text,
                    "folds": split.folds,
                    "unseen": len(split.unseen()),
                    "space": space,
                    "seed": plan.request.seed,
                }
            )

    def _report(self, outcome: Outcome) -> None:
        """Report a trial that has finished."""
        self.progress.add(outcome)
        if self.has_lines:
            self.console.say(self.progress.line(outcome))
        if self.plan.request.json:
            self._event(self.progress.record(outcome))

    def _result(self) -> Result:
        """Measure the best recipe beside the preset on what no trial saw.

        Raises TrainingError without a complete trial, and what training raises.
        """
        plan, outcomes = self.plan, self.plan.study.outcomes()
        best = best_of(outcomes)
        if best is None:
            raise TrainingError(
                "no trial was completed, so there is no recipe to write; give more "
                "time, or a smaller space"
            )
        self.console.say(
            f"training the preset and trial {best.number}, each with {SEEDS} seeds, to "
            f"measure them on {len(plan.search.split.unseen()):,} that no trial saw"
        )
        tuned = plan.search.recipe(best.settings)
        executor = plan.request.executor
        return Result(
            objective=plan.objective,
            searched=list(plan.space),
            preset=plan.preset,
            tuned=tuned,
            first=next((o for o in outcomes if self._is_preset(o)), None),
            best=best,
            comparison=compare_recipes(plan.search, plan.preset, tuned, executor),
            importances=plan.study.importances(),
        )

    def _is_preset(self, outcome: Outcome) -> bool:
        """Whether a complete trial is of the recipe that is to be improved."""
        plan = self.plan
        if outcome.state != "complete":
            return False
        return plan.search.recipe(outcome.settings) == plan.preset

    def _finish(self, result: Result) -> None:
        """Write the recipe, and print the report."""
        output, trials = self.plan.request.output, len(self.plan.study.outcomes())
        text = report.lines(result)
        self._write(result.tuned, text)
        if self.plan.request.json:
            self._event(report.record(result, trials, output))
        else:
            self.put("\n".join(map(printable, text)))
        if output != "-":
            words = command_line(["charnames", "train", "--recipe", output])
            self.console.say(f"saved {output}; next: {words} -d LIST")

    def _write(self, recipe: Recipe, comments: Sequence[str]) -> None:
        output = self.plan.request.output
        write_output(self.console, output, recipe_file(recipe, output, comments))

    def _event(self, event: Mapping[str, object]) -> None:
        self.console.put(json_line(event))

    @contextmanager
    def _screen(self) -> Iterator[None]:
        """The screen of the search, if there is to be one, removed at the end."""
        if not self.has_screen:
            yield
            return
        from charnames.cli.training_run.screen import open_screen
        from charnames.cli.tuning_run.screen_layout import search_lines

        with open_screen(self.console, partial(search_lines, self.progress)):
            yield

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """When a signal stops the search, write the best recipe so far, and add to the
        Stopped what is kept.
        """
        try:
            yield
        except BaseException as error:
            stop = stops.answer(error)
            if stop is None:
                raise
            raise Stopped(stop.signum, self._kept()) from None

    def _kept(self) -> str:
        """What is kept of a search that is stopped, once it is."""
        request, best = self.plan.request, self.progress.best
        count = self.progress.done
        if not count:
            return "no trial was done, so nothing is kept"
        trials = "1 trial" if count == 1 else f"{count:,} trials"
        if best is None:
            text = "no trial was completed"
        elif request.output == "-":
            text = f"the best of {trials} is not written"
        else:
            value = self.progress.value(best)
            comments = [
                f"{self.plan.objective.text}: {value}, of a search that was stopped"
            ]
            with suppress(Stopped):  # one that is deferred is answered here
                self._write(self.plan.search.recipe(best.settings), comments)
            text = f"{request.output} has the best of {trials} ({value})"
        if request.study:
            return (
                f"{text}; the same command goes on with the trials in {request.study}"
            )
        return f"{text}; with --study FILE, the same command would go on"
