"""The recurrent cells, one a file: forward and backward side by side.

A cell is the part of a layer that remembers. Each offers the same few things:

    GATES    what its G = len(GATES) * H input units are for, in the order they stack
    STATES   the arrays that it hands from step to step; the first is its output a
    shapes   its own weights for H hidden units
    forward  x (gates, M, H), initial states (N, H) -> states (M, H) and a cache
    backward da (M, H), the cache -> dx (M, G) and the initial states' gradients

`keep` is a dropout mask (H,) on what the recurrent product reads, the same at every
step (Gal & Ghahramani 2016), and the same for the sequences of a batch: then it is a
mask on the columns of Waa, and costs the time loop nothing.
"""

from charnames.nn.cells.gru import GRU
from charnames.nn.cells.lstm import LSTM
from charnames.nn.cells.rnn import RNN

Cell = RNN | GRU | LSTM

CELLS: dict[str, type[RNN] | type[GRU] | type[LSTM]] = {
    "rnn": RNN,
    "gru": GRU,
    "lstm": LSTM,
}
