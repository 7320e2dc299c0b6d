"""Everything that charnames raises on purpose; the text is the line for the user.

CharnamesError
├── ListError        a list of names or sequences that cannot be read or learned from
├── AlphabetError    a character that a model does not know, or an unfit alphabet
├── RecipeError      a setting that is out of its range, or unknown
├── ModelFileError   a model file that cannot be read, written or believed
├── TrainingError    training that cannot start, go on or be resumed
└── SamplingError    names that cannot be sampled as asked

and one warning, LossRising, given once a run.
"""


class CharnamesError(Exception):
    """The base of every error raised on purpose."""


class ListError(CharnamesError):
    """A list of names or sequences that cannot be read or learned from."""


class AlphabetError(CharnamesError):
    """A character that a model does not know, or an alphabet unfit for a model."""


class RecipeError(CharnamesError):
    """A setting that is out of its range, or unknown."""


class ModelFileError(CharnamesError):
    """A model file that cannot be read, written or believed."""


class TrainingError(CharnamesError):
    """Training that cannot start, go on or be resumed."""


class SamplingError(CharnamesError):
    """Names that cannot be sampled as asked."""


class LossRising(UserWarning):
    """The loss of a run stands at ten times the lowest that it has been."""
