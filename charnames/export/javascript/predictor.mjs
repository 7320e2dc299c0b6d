/** What predicts the next symbol: the network, mixed with n-grams and whole words. */

import { LanguageModelNetwork } from "./network.mjs";
import { NGram } from "./ngram.mjs";
import { softmax } from "./softmax.mjs";
import { WholeWords } from "./words.mjs";

const BATCH = 64; // names read side by side

/**
 * The memory of a name, before a symbol is read: the states of the network, the node of
 * the n-gram model, where it stands in the words of the list, and its label.
 *
 * @typedef {{states: Float32Array[], node: number, words: ?object, label: number}} Memory
 */

export class Predictor {
  /** @param {object} model - the header. @param {object} arrays - arrays by name. */
  constructor(model, arrays) {
    const { V, ngram, words } = model;
    this.V = V;
    this.network = new LanguageModelNetwork(model, arrays);
    this.weight = ngram?.weight ?? 0;
    this.ngram = ngram && new NGram(arrays, V, ngram.start);
    this.words =
      words && new WholeWords(arrays, V, words.blank, words.weight, words.start);
  }

  /** The same predictor, with another weight of whole words. */
  withWordWeight(weight) {
    const words = this.words.withWeight(weight);
    return Object.assign(Object.create(Predictor.prototype), this, { words });
  }

  /** The memory of a name with that label, before the end marker is read. */
  start(label) {
    return {
      states: this.network.stack.zero,
      node: this.ngram ? this.ngram.start : 0,
      words: this.words ? this.words.begin() : null,
      label,
    };
  }

  /**
   * Read one symbol of each of N names.
   *
   * @param {number[]} symbols
   * @param {Memory[]} memories
   * @returns {{p: Float32Array, memory: Memory}[]} the probability of each next symbol,
   *   (V,), and the memory after the symbol.
   */
  step(symbols, memories) {
    const results = [];
    for (let first = 0; first < symbols.length; first += BATCH) {
      const some = memories.slice(first, first + BATCH);
      const read = symbols.slice(first, first + BATCH);
      const { logits, states } = this.network.step(
        read,
        some.map((memory) => memory.states),
        some.map((memory) => memory.label),
      );
      some.forEach((memory, n) => {
        const p = softmax(logits.subarray(n * this.V, (n + 1) * this.V));
        results.push(this.mixed(p, read[n], memory, states[n]));
      });
    }
    return results;
  }

  /** The network's probabilities p (V,) with the other components mixed in. */
  mixed(p, symbol, { node, words, label }, states) {
    if (this.ngram) {
      node = this.ngram.after(node, symbol);
      const other = this.ngram.probabilities(node);
      for (let s = 0; s < this.V; s++) {
        p[s] = (1 - this.weight) * p[s] + this.weight * other[s];
      }
    }
    if (words) words = this.words.mix(p, this.words.read(symbol, words));
    return { p, memory: { states, node, words, label } };
  }
}
