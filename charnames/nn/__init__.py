"""Arrays in, arrays out: recurrent networks, forward and backward written by hand.

This package knows nothing of names, files or terminals; it imports NumPy and itself.
A reading order, each file standing on those before it:

    parameters                one flat array of weights, with named views of it
    batching                  sequences of different lengths in one packed batch
    cells/rnn                 the vanilla cell, with its derivative derived
    activations               the sigmoid, and the weights of a gated cell by gate
    cells/gru, cells/lstm     the gated cells
    layers/inputs             input layers for symbols, vectors and labels
    layers/softmax            the output layer and the cross-entropy loss
    layers/dropout            dropout masks
    layers/pooling            from the states of a sequence to one vector
    layers/bridge             from one vector to the first states of a decoder
    layers/attention          a mean of the source's steps for each target step
    layers/ctc                the loss of a target whose place in time is not known
    networks/shape            the name and shape of every weight of a network
    networks/initializers     the weights that training starts with
    networks/stack            an input layer, and layers of cells on top of it
    networks/language_model   a network that predicts the next symbol
    networks/classifier       a network that predicts the class of a sequence
    networks/encoder_decoder  a network that reads a sequence and writes another
    networks/ctc              a network that spells a sequence frame by frame
    optimizers                gradient clipping, SGD with momentum, AdamW
    gradient_check            numerical gradients, to check a backward pass with

Shape letters, the same in every file:

    N  sequences in a batch        D  width of one input vector
    T  time steps                  H  hidden units
    V  symbols, the end marker     G  gates x H, the width of a cell's input
       is one of them              K  labels or classes
    S  steps of a source           E  width of one encoded step of a source
    L  symbols of a target         M  rows of a packed batch: the lengths of its
                                      sequences added up

`dX` is the gradient of the loss with respect to `X`, and has the shape of `X`.
"""
