"""Which names a model of names is to write: options of sampling and searching alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charnames.encoding.hashes import NO_HASHES, Hashes, name_hashes
from charnames.encoding.list_form import ListForm
from charnames.encoding.near_copies import near_copies, near_copies_of_known
from charnames.errors import SamplingError
from charnames.generation.blocklist import Blocklist
from charnames.generation.constraints.constraints import Constraints
from charnames.generation.novelty import NoveltyFilter

# Near-copies of one name that are looked up one by one: about 20 ms.
_MOST_LOOKED_UP = 32_000


class LearnedList(NamedTuple):
    """What a model knows of the list that it learned, to tell new names from it.

    known: sorted hashes of its names. near: hashes that tell near-copies of these, if
    any. characters: those of its names. longest: the most that a name has. familiar:
    sorted hashes of parts of its names, and of names that everybody knows, if these are
    not wanted. list_form: the form of its names. least_edits: what `min_edits` is by
    default.
    """

    known: Hashes
    near: Hashes
    characters: str
    longest: int
    familiar: Hashes
    list_form: ListForm
    least_edits: int

    def near_copies(self, folded: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each of the folded names is a near-copy of one of its names, (N,)."""
        if len(self.near):
            return near_copies(folded, self.near)
        return near_copies_of_known(folded, self.known, self.characters)


class Wanted(NamedTuple):
    """Constraints on names, and a filter for whole names."""

    constraints: Constraints
    novelty: NoveltyFilter


class Steering(NamedTuple):
    """The names that are wanted; all of this is about folded names.

    prefix, suffix, contains (a text, or several), match (a shell pattern), regex (see
    regex_syntax.py), min_length, max_length (in characters): constraints that every
    name meets. Names come as often as the model writes them among those that meet the
    constraints. Without max_length a name is cut at twice the length of the longest one
    learned, or of the shortest that meets the constraints, if that is longer.

    novel: leave out the names learned from, their beginnings and endings, and names
    that everybody knows, where the model says so. unique: leave out repeats, as far as
    NoveltyFilter remembers. min_edits: 2 leaves out near-copies of the names learned
    from (see near_copies.py); 1 lets them through; None is what the model's recipe
    says. max_run: the most times that one character stands in a row; None is as in the
    list. any_form: let through near-copies, familiar names, and names that do not have
    the form of the list's names (ListForm). avoid: names to leave out, and patterns of
    names, such as "*damn*" (Blocklist); with avoid_within also names that hold one of
    these anywhere.
    """

    prefix: str | None
    suffix: str | None
    contains: str | Sequence[str]
    match: str | None
    regex: str | None
    min_length: int | None
    max_length: int | None
    novel: bool
    unique: bool
    min_edits: int | None
    max_run: int | None
    any_form: bool
    avoid: Iterable[str]
    avoid_within: bool

    def applied(self, learned: LearnedList, fold: Callable[[str], str]) -> Wanted:
        """The constraints and the filter. fold: folds a name.

        Raises SamplingError for what cannot be.
        """
        blocked = Blocklist.of(self.avoid, self.avoid_within)
        contains = self.contains
        constraints = Constraints(
            self.prefix,
            self.suffix,
            (contains,) if isinstance(contains, str) else tuple(contains),
            self.match,
            self.regex,
            self.min_length,
            self.max_length,
            blocked.within,
        )
        barred = [np.sort(name_hashes(map(fold, blocked.names)))]
        if self.novel:
            barred.append(learned.known)
        near = None
        if self._edits(learned) > 1 and self.novel:
            near = learned.near_copies
        novelty = NoveltyFilter(
            barred,
            self.unique,
            near=near,
            list_form=self._form(learned.list_form),
            familiar=learned.familiar
            if self.novel and not self.any_form
            else NO_HASHES,
            starts=tuple(map(fold, blocked.starts)),
            ends=tuple(map(fold, blocked.ends)),
        )
        return Wanted(constraints, novelty)

    def _edits(self, learned: LearnedList) -> int:
        """The least number of edits from a learned name."""
        default = 1 if self.any_form else learned.least_edits
        edits = default if self.min_edits is None else self.min_edits
        if edits not in (1, 2):
            raise SamplingError(f"min_edits: {edits} is not 1 or 2")
        looked_up = learned.longest**2 * len(learned.characters)
        if edits > 1 and not len(learned.near) and looked_up > _MOST_LOOKED_UP:
            raise SamplingError(
                f"min_edits: 2 takes too long for names of up to {learned.longest} "
                "characters from a list with many near-copies; leave it out"
            )
        return edits

    def _form(self, list_form: ListForm) -> ListForm:
        """The form of the names, without the least length where a length is given."""
        form = ListForm() if self.any_form else list_form
        if self.max_run is not None:
            if self.max_run < 1:
                raise SamplingError(f"max_run: {self.max_run} is not 1 or more")
            longest_run = min(self.max_run, ListForm().longest_run)
            form = form._replace(longest_run=longest_run)
        longest = self.max_length
        if self.min_length is not None or (
            longest is not None and longest < form.shortest
        ):
            form = form._replace(shortest=1)
        return form
