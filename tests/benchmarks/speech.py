"""Names spoken by espeak-ng, converted to letters, by CTC and by attention.

    apt-get install espeak-ng
    python tests/benchmarks/speech.py [ctc] [attention] [phonemes] [--voice fi]

The names are the surnames that are built in, in the letters a to z. Six variants of a
voice speak them at four speeds, each name to learn twice. No name of dev or test
is among those to learn. The voice is one whose language is spelled as it is spoken;
`phonemes` measures how many letters are wrong if a joint n-gram model spells the
phonemes that espeak-ng writes down.

A frame of 25 ms, one every 15 ms, is 13 mel-frequency cepstral coefficients (Davis &
Mermelstein 1980), and their first and second differences in time.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
import time
import unicodedata
import wave
from pathlib import Path

import harness  # before numpy, which reads the number of threads that it sets

# isort: split
import numpy as np
from numpy.typing import NDArray

from charnames import Recipe, read_names, train_converter
from charnames.data.name_list import NameList
from charnames.data.pairs import PairList
from charnames.data.sequences import SequenceList
from charnames.evaluation.converter import ConversionErrors, measure

_DECODERS = {"ctc": "ctc", "attention": "recurrent"}
_VARIANTS = ("", "+m3", "+m7", "+f2", "+f4", "+f5")
_SPEEDS = (130, 155, 180, 205)  # words a minute
_NO_STRESS = str.maketrans("", "", "ˈˌ")  # marks of the phonetic alphabet
_FRAME, _HOP = 0.025, 0.015  # seconds
_FILTERS, _COEFFICIENTS = 26, 13

Frames = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--voice", default="fi")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--time-limit", type=float, default=600.0)
    args = parser.parse_args()
    harness.count_processor_time()
    if not shutil.which("espeak-ng"):
        print("skipped: espeak-ng is not installed")
        return
    rng = np.random.default_rng(0)
    names = rng.permutation(sorted(set(map(_letters, read_names("surnames"))))).tolist()
    cuts = (("test", names[:300], 1), ("dev", names[300:500], 1))
    kinds = args.kinds or [*_DECODERS, "phonemes"]
    print(f"{'':<12}{'names wrong':>13}{'letters wrong':>15}{'seconds':>9}")
    if "phonemes" in kinds:
        kinds.remove("phonemes")
        started = time.process_time()
        errors = _spelled(names[500:], names[:300], args.voice)
        _show("phonemes", errors, time.process_time() - started)
    parts = {
        part: _spoken(some, times, args.voice, rng)
        for part, some, times in (*cuts, ("train", names[500:], 2))
        if kinds
    }
    for kind in kinds:
        recipe = Recipe.modern(
            parts["train"],
            task="convert",
            decoder=_DECODERS[kind],
            time_limit=args.time_limit,
        )
        started = time.process_time()
        *_, last = train_converter(
            parts["train"], recipe, seed=args.seed, held_out=parts["dev"]
        )
        seconds = time.process_time() - started
        _show(kind, measure(last.model, parts["test"]).network, seconds)


def _show(kind: str, errors: ConversionErrors, seconds: float) -> None:
    words, symbols = errors.word_error_rate, errors.symbol_error_rate
    print(f"{kind:<12}{words:>13.1%}{symbols:>15.1%}{seconds:>9.0f}", flush=True)


def _spelled(train: list[str], test: list[str], voice: str) -> ConversionErrors:
    """The errors of a joint n-gram model that spells the phonemes of a voice."""
    parts = []
    for names in (train, test):
        command = ["espeak-ng", "-q", "-v", voice, "--ipa", "--sep= "]
        lines = subprocess.run(
            command,
            input="\n\n".join(names),
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        phonemes = [line.translate(_NO_STRESS) for line in lines if line.strip()]
        parts.append(PairList(NameList(phonemes, voice), names, voice))
    recipe = Recipe.modern(
        parts[0], task="convert", source_unit="blank", iterations=1, ngram_weight=1.0
    )
    *_, last = train_converter(parts[0], recipe, seed=0)
    errors = measure(last.model, parts[1]).joint_ngram
    assert errors
    return errors


def _letters(name: str) -> str:
    """A name in the letters a to z, without marks."""
    decomposed = unicodedata.normalize("NFD", name.lower())
    return "".join(letter for letter in decomposed if "a" <= letter <= "z")


def _spoken(
    names: list[str], times: int, voice: str, rng: np.random.Generator
) -> PairList:
    """Each name spoken so many times, by a variant and at a speed drawn at random."""
    sequences = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "name.wav")
        for name in names * times:
            speaker, speed = voice + rng.choice(_VARIANTS), str(rng.choice(_SPEEDS))
            command = ["espeak-ng", "-z", "-v", speaker, "-s", speed, "-w", path, name]
            subprocess.run(command, check=True)
            with wave.open(str(path)) as file:
                rate = file.getframerate()
                data = file.readframes(file.getnframes())
            sequences.append(_frames(np.frombuffer(data, np.int16) / 2**15, rate))
    return PairList(SequenceList(sequences, "speech"), names * times, "speech")


def _frames(samples: Frames, rate: int) -> Frames:
    """Samples (n,) -> (T, 39)."""
    size, hop = int(_FRAME * rate), int(_HOP * rate)
    samples = np.append(samples[0], samples[1:] - 0.97 * samples[:-1])
    starts = np.arange(0, max(len(samples) - size, 0) + 1, hop)
    samples = np.pad(samples, (0, max(size - len(samples), 0)))
    windows = samples[starts[:, None] + np.arange(size)] * np.hamming(size)
    power = np.abs(np.fft.rfft(windows)) ** 2
    energies = np.log(power @ _mel_filters(size, rate) + 1e-8)
    orders = np.arange(_COEFFICIENTS)
    centres = np.arange(_FILTERS) + 0.5
    cosines = np.cos(np.pi / _FILTERS * centres[:, None] * orders)
    cepstrum = energies @ cosines
    change = _difference(cepstrum)
    return np.concatenate([cepstrum, change, _difference(change)], axis=1)


def _mel_filters(size: int, rate: int) -> Frames:
    """Triangles of equal width on the mel scale, (size // 2 + 1, _FILTERS)."""
    top = 2595 * np.log10(1 + rate / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, _FILTERS + 2) / 2595) - 1)  # Hz
    low, peak, high = edges[:-2], edges[1:-1], edges[2:]
    frequencies = np.fft.rfftfreq(size, 1 / rate)[:, None]
    rising = (frequencies - low) / (peak - low)
    falling = (high - frequencies) / (high - peak)
    filters: Frames = np.maximum(0, np.minimum(rising, falling))
    return filters


def _difference(rows: Frames) -> Frames:
    """The slope of each column over five frames, (T, D)."""
    padded = np.pad(rows, ((2, 2), (0, 0)), mode="edge")
    slope: Frames = (2 * (padded[4:] - padded[:-4]) + padded[3:-1] - padded[1:-3]) / 10
    return slope


if __name__ == "__main__":
    main()
