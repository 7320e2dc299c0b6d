/** Whole words of the list as a component of the mixture; for lists of several words. */

import { starts } from "./ngram.mjs";

const NEGLIGIBLE = 1e-30; // a sum of probabilities that is too small to divide by
const EVERY = 2; // of the three nodes, the one in the trie of all words

/**
 * Tries hold the words of the list, with how many go on with each symbol. The weight of
 * the component is `weight` where a word begins; within a word it is the probability
 * that the component wrote the letters read so far.
 */
export class WholeWords {
  /** @param {object} arrays - the arrays of the model, by name. */
  constructor(arrays, V, blank, weight, start) {
    const part = (name) => arrays[`words.${name}`];
    this.blank = blank;
    this.weight = weight;
    this.V = V;
    this.first = starts(part("sizes")); // (nodes + 1,)
    this.symbols = part("symbols");
    this.counts = part("counts");
    this.children = part("children");
    this.roots = part("roots"); // (nodes, 3)
    this.start = start; // the three nodes before the first word
  }

  /** The same component, with another weight. */
  withWeight(weight) {
    return Object.assign(Object.create(WholeWords.prototype), this, { weight });
  }

  /** Where a name stands before its first symbol. */
  begin() {
    return { nodes: this.start, posterior: null };
  }

  /** The nodes, and the weight of the component, after a symbol is read. */
  read(symbol, { nodes, posterior }) {
    if (!symbol) return { nodes, weight: this.weight };
    if (symbol === this.blank) {
      const root = 3 * nodes[EVERY];
      return { nodes: this.roots.subarray(root, root + 3), weight: this.weight };
    }
    return {
      nodes: nodes.map((node) => this.child(node, symbol)),
      weight: posterior[symbol],
    };
  }

  /** The node that a symbol leads to, 0 for none. */
  child(node, symbol) {
    for (let i = this.first[node]; i < this.first[node + 1]; i++) {
      if (this.symbols[i] === symbol) return this.children[i];
    }
    return 0;
  }

  /**
   * Mix the component into probabilities p (V,), in place.
   *
   * @returns where the name stands before the next symbol is read.
   */
  mix(p, { nodes, weight }) {
    const words = new Float32Array(this.V);
    let total = 0;
    for (const node of [nodes[0], nodes[1]]) {
      for (let i = this.first[node]; i < this.first[node + 1]; i++) {
        const s = this.symbols[i];
        const share = this.counts[i] * Math.sqrt(p[s]);
        words[s] += share;
        total += share;
      }
    }
    const posterior = new Float32Array(this.V);
    if (total > NEGLIGIBLE) {
      for (let s = 0; s < this.V; s++) {
        words[s] *= weight / total;
        p[s] = p[s] * (1 - weight) + words[s];
        if (p[s] > 0) posterior[s] = words[s] / p[s];
      }
    }
    return { nodes, posterior };
  }
}
