"""Writing names: choosing symbols, sampling, look-ahead, novelty, exact search."""
