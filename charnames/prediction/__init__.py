"""The next symbol's distribution: n-grams, their mixture with a network."""
