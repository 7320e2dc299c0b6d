/** The beginnings of names, as a tree: each is read by the predictor only once. */

import { END } from "./softmax.mjs";

const MEMORY = 2 ** 26; // numbers that a tree may hold: 256 MiB

/**
 * One beginning of names: what may come next, and the beginnings that go on from it.
 *
 * memory is what the predictor remembers before the last symbol is read, and once it
 * was read, after it.
 */
class Beginning {
  constructor(symbol, memory) {
    this.symbol = symbol;
    this.memory = memory;
    this.p = null; // (V,), the probability of each next symbol
    this.children = new Map();
    this.drawing = null; // which the options are for
    this.options = null;
  }

  /** What a way to draw names makes of the next symbols; it is asked only once. */
  optionsFor(drawing, weigh) {
    if (this.drawing !== drawing) {
      this.options = weigh();
      this.drawing = drawing;
    }
    return this.options;
  }
}

export class Beginnings {
  /** @param {Predictor} predictor @param {number[]} notFirst - symbols of no beginning. */
  constructor(predictor, notFirst) {
    this.predictor = predictor;
    this.notFirst = notFirst;
    const states = predictor.network.stack.zero.reduce((sum, a) => sum + a.length, 0);
    this.most = Math.floor(MEMORY / (states + 8 * predictor.V));
    this.clear();
  }

  clear() {
    this.roots = new Map();
    this.size = 0;
  }

  /** Forget all beginnings if there are too many; not while names are drawn. */
  tidy() {
    if (this.size > this.most) this.clear();
  }

  /** Where names of a label begin. */
  root(label) {
    if (!this.roots.has(label)) {
      const root = new Beginning(END, this.predictor.start(label));
      this.read([root]);
      for (const symbol of this.notFirst) root.p[symbol] = 0;
      this.roots.set(label, root);
    }
    return this.roots.get(label);
  }

  /** The beginning that is one symbol longer than one that was read. */
  child(parent, symbol) {
    if (!parent.p) this.read([parent]);
    let child = parent.children.get(symbol);
    if (!child) {
      child = new Beginning(symbol, parent.memory);
      parent.children.set(symbol, child);
    }
    return child;
  }

  /** Have the predictor read those beginnings which it has not read. */
  read(beginnings) {
    const unread = [...new Set(beginnings.filter((beginning) => !beginning.p))];
    if (!unread.length) return;
    const results = this.predictor.step(
      unread.map(({ symbol }) => symbol),
      unread.map(({ memory }) => memory),
    );
    unread.forEach((beginning, i) => {
      beginning.p = results[i].p;
      beginning.memory = results[i].memory;
    });
    this.size += unread.length;
  }
}
