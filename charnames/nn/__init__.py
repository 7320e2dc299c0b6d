"""Arrays in, arrays out: recurrent networks, forward and backward written by hand.

This package knows nothing of names, files or terminals; it imports NumPy and itself.
A reading order, each file standing on those before it:

    parameters                one flat array of weights, with named views of it
    batching                  sequences of different lengths in one packed batch
    cells/rnn                 the vanilla cell, with its derivative derived
    activations               what the gated cells share
    cells/gru, cells/lstm     the gated cells
    layers/inputs             symbols, vectors and labels on their way to a cell
    layers/softmax            the output layer and the cross-entropy loss
    layers/dropout            the masks of dropout
    layers/pooling            the states of a whole sequence as one vector
    networks/shape            what decides the shapes of a network's weights
    networks/initializers     the weights that training starts with
    networks/stack            input layer and cells, on top of one another
    networks/language_model   a network that predicts the next symbol
    networks/classifier       a network that predicts the class of a sequence
    optimizers                gradient clipping, SGD with momentum, AdamW
    gradient_check            numerical gradients, to compare those of the code with

Shape letters, the same in every file:

    N  sequences in a batch        D  width of one input vector
    T  time steps                  H  hidden units
    V  symbols, the end marker     G  gates x H: what one step of a cell reads
       is one of them              K  labels or classes
    M  rows of a packed batch: the lengths of its sequences added up

`dX` is the gradient of the loss with respect to `X`, and has the shape of `X`.
"""
