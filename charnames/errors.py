"""The errors that charnames raises; their text is meant for the user.

CharnamesError
├── ListError        a list of names or sequences that cannot be read or learned from
├── AlphabetError    a character that a model does not know, or an unfit alphabet
├── RecipeError      a setting that is out of its range, or unknown
├── ModelFileError   a model file that is invalid, or cannot be read or written
├── TrainingError    training that cannot start, continue or be resumed
├── SamplingError    names that cannot be sampled as requested
└── ExportError      a model that cannot be taken along as requested

There is one warning, LossRising, given at most once a run.
"""


class CharnamesError(Exception):
    """The base class of all errors of charnames."""


class ListError(CharnamesError):
    """A list of names or sequences that cannot be read or learned from."""


class AlphabetError(CharnamesError):
    """A character that a model does not know, or an alphabet unfit for a model."""


class RecipeError(CharnamesError):
    """A setting that is out of its range, or unknown.

    setting: the name of the setting, or None for an error about no single one.
    """

    def __init__(self, message: str, setting: str | None = None) -> None:
        super().__init__(message)
        self.setting = setting


class ModelFileError(CharnamesError):
    """A model file that is invalid, or cannot be read or written."""


class TrainingError(CharnamesError):
    """Training that cannot start, continue or be resumed."""


class SamplingError(CharnamesError):
    """Names that cannot be sampled as requested."""


class ExportError(CharnamesError):
    """A model that cannot be taken along as requested."""


class LossRising(UserWarning):
    """The smoothed loss of a run is more than ten times its lowest value so far, or
    five times that of its start.
    """
