/** An n-gram model with interpolated Kneser-Ney smoothing. */

/**
 * Its contexts are nodes. The distribution after a context is `left` times that after
 * the shorter context, and for each symbol seen after it what was kept of its count.
 */
export class NGram {
  /**
   * @param {object} arrays - arrays by name, which begins with that of the model.
   * @param {number} V
   */
  constructor(arrays, V, start, model = "ngram") {
    const part = (name) => arrays[`${model}.${name}`];
    this.V = V;
    this.start = start;
    this.left = part("left"); // (nodes,)
    this.shorter = part("shorter"); // (nodes,)
    this.first = starts(part("sizes")); // (nodes + 1,), where the symbols of each begin
    this.symbols = part("symbols");
    this.kept = part("kept");
    this.following = new Map();
    const symbol = part("last"); // (nodes,), of each context
    part("parent").forEach((parent, node) => {
      if (symbol[node]) this.following.set(parent * V + symbol[node], node);
    });
  }

  /** The node after a symbol is read at a node. The end marker changes nothing. */
  after(node, symbol) {
    if (!symbol) return node;
    for (let context = node; ; context = this.shorter[context]) {
      const next = this.following.get(context * this.V + symbol);
      if (next !== undefined) return next;
      if (!context) return 0;
    }
  }

  /** The probability of each symbol after a node, (V,). */
  probabilities(node) {
    const p = new Float32Array(this.V).fill(1 / this.V);
    for (const context of this.contexts(node)) {
      for (let s = 0; s < this.V; s++) p[s] *= this.left[context];
      for (let i = this.first[context]; i < this.first[context + 1]; i++) {
        p[this.symbols[i]] += this.kept[i];
      }
    }
    return p;
  }

  /** The probability of one symbol after a node, and `p` below its contexts. */
  probability(node, symbol, p = 1 / this.V) {
    for (const context of this.contexts(node)) {
      p *= this.left[context];
      const place = this.placeOf(symbol, this.first[context], this.first[context + 1]);
      if (this.symbols[place] === symbol) p += this.kept[place];
    }
    return p;
  }

  /** A node and its shorter contexts, the shortest first. */
  contexts(node) {
    const chain = [node];
    while (node) {
      node = this.shorter[node];
      chain.push(node);
    }
    return chain.reverse();
  }

  /** Where a symbol stands among those of a context, if it does; they are in order. */
  placeOf(symbol, first, end) {
    let last = end - 1;
    while (first < last) {
      const middle = (first + last) >> 1;
      if (this.symbols[middle] < symbol) first = middle + 1;
      else last = middle;
    }
    return first;
  }
}

/** Sizes (n,) -> where each part starts, and the end, (n + 1,). */
export function starts(sizes) {
  const first = new Uint32Array(sizes.length + 1);
  sizes.forEach((size, i) => {
    first[i + 1] = first[i] + size;
  });
  return first;
}
