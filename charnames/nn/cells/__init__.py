"""The recurrent cells, one in each file: forward and backward side by side.

A cell is the recurrent part of a layer. Every cell has these members:

    GATES    names of the G = len(GATES) * H input units, in the order they stack
    STATES   names of the arrays that one step passes to the next; the first, a, is
             also the output
    shapes   the shapes of the cell's own weights, for H hidden units
    recurrent  the recurrent weights as the product of a step reads them fastest
    forward  x (gates, M, H), initial states (N, H) -> states (M, H) and a cache
    backward da (M, H), the cache -> dx (M, G) and gradients of the initial states

The initial states are None where they are zero. The first step then needs no product
with the recurrent weights, nor does its gradient, and there are no gradients of the
initial states: `backward` returns None in their place.

Arrays that `forward` and `backward` return, and those of the cache, are working arrays
of the cell: a later forward overwrites an earlier cache, so `backward` has to be called
before the next `forward`. The gated cells turn `x` into their gates, which their caches
hold: to write to memory that the processor's cache does not hold takes as long as the
arithmetic. `backward` leaves the cache as it is, may overwrite `da`, and replaces the
gradients of the weights.

`mask` is a dropout mask (H,) on the state that the recurrent product reads. It is the
same at every step (Gal & Ghahramani 2016) and for every sequence of a batch; that makes
it a mask on the columns of Waa, which adds no work to the loop over time.

Where `is_fixed` is set, the recurrent weights stand still, and `backward` leaves out
their gradient, a third of its products.

`recurrent`, an argument of `forward`, are the weights of the method of that name, for
callers that read many batches of one step with the same weights.
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
