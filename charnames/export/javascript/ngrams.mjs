/** A classifier by n-gram models, one for each label. */

import { NGram } from "./ngram.mjs";
import { END } from "./softmax.mjs";

export class NGramClassifier {
  /** The models "0", "1", ... are those of the labels, "all" that of all their texts. */
  constructor({ V, ngram }, arrays) {
    this.weight = ngram.weight;
    this.exponent = ngram.exponent;
    this.logPrior = ngram.logPrior; // (K,)
    const model = (start, name) => start === null ? null : new NGram(arrays, V, start, name);
    this.all = model(ngram.start, "all");
    this.byLabel = ngram.starts.map((start, k) => model(start, String(k)));
  }

  /** The logits of a network (K,), mixed with what the n-grams make of a text. */
  mixed(logits, ids) {
    const symbols = [...ids, END];
    const below = this.probabilities(this.all, symbols);
    return this.byLabel.map((ngram, k) => {
      const p = ngram ? this.probabilities(ngram, symbols, below) : below;
      const logLikelihood = p.reduce((sum, q) => sum + Math.log(q), 0);
      const score = this.exponent * logLikelihood + this.logPrior[k];
      return (1 - this.weight) * logits[k] + this.weight * score;
    });
  }

  /** The probability of each symbol, with those below the contexts if there are any. */
  probabilities(ngram, symbols, below = []) {
    let node = ngram.start;
    return symbols.map((symbol, i) => {
      const p = ngram.probability(node, symbol, below[i]);
      node = ngram.after(node, symbol);
      return p;
    });
  }
}
