"""Arrays in, arrays out: the recurrent network, forward and backward by hand.

Nothing here knows of names, files or terminals; it imports numpy and itself.

Shape letters, the same in every file:

    N  sequences in a batch        D  width of one input vector
    T  time steps                  H  hidden units
    V  symbols, the end marker     M  rows of a packed batch: the lengths of its
       is one of them                 sequences added up
"""
