/** The most promising beginnings of names that meet constraints; see frontier.py. */

import { END } from "./softmax.mjs";

const MOST_READS = 4096; // beginnings
const SIDE_BY_SIDE = 64; // beginnings read side by side

/**
 * A leaf of the tree of beginnings: a leaf before it, which was read, and the symbol
 * after that. Where the symbol is the end marker it is a whole name.
 */
class Leaf {
  /**
   * @param {?Leaf} before - null for the beginning that all names share.
   * @param {number} logP - the logarithm of the probability that a name begins so.
   * @param {number} logChance - of the chance that such a name meets the constraints.
   */
  constructor(before, symbol, logP, logChance) {
    Object.assign(this, { before, symbol, logP, logChance });
    this.draft = null; // what a name that begins so goes on from, once it was drawn
  }

  get logMass() {
    return this.logP + this.logChance;
  }
}

/**
 * The leaves of a tree, by which names are drawn in two parts: a leaf, in proportion to
 * its mass; and what follows, symbol by symbol. The largest leaves are read and replaced
 * by what may follow them, so that names are drawn ever closer to their distribution.
 */
export class Frontier {
  /** @param {ConstrainedDrawing} drawing @param {Draft[]} starts - of each label. */
  constructor(drawing, starts, shares) {
    this.drawing = drawing;
    this.open = new Heap();
    this.whole = [];
    this.reads = 0;
    shares.forEach((share, label) => {
      if (!share) return;
      const leaf = new Leaf(null, null, Math.log(share), 0);
      leaf.draft = starts[label];
      this.open.add(leaf);
    });
    this.measure();
  }

  /**
   * Replace at most so many of the largest leaves by what may follow them, and leave out
   * the whole names that are not wanted.
   */
  grow(count, wanted) {
    const end = Math.min(this.reads + count, MOST_READS);
    while (this.reads < end && this.open.leaves.length) {
      const leaves = [];
      const most = Math.min(SIDE_BY_SIDE, end - this.reads);
      while (leaves.length < most && this.open.leaves.length) {
        leaves.push(this.open.largest());
      }
      leaves.forEach((leaf) => this.draftOf(leaf));
      this.drawing.beginnings.read(leaves.map(({ draft }) => draft.beginning));
      for (const leaf of leaves) this.replace(leaf);
      this.reads += leaves.length;
    }
    this.whole = this.whole.filter((leaf) => wanted(this.draftOf(leaf).ids));
    this.measure();
  }

  /** Put in the place of a leaf, which was read, what may follow it. */
  replace(leaf) {
    const { lookahead } = this.drawing;
    const { length, state } = leaf.draft;
    const { weights, chances, before } = this.drawing.optionsFor(leaf.draft);
    const logBest = lookahead.logBest(length, state);
    for (let symbol = 0; symbol < weights.length; symbol++) {
      if (!weights[symbol]) continue;
      const chance = chances[symbol];
      const logP = leaf.logP + Math.log(weights[symbol] / chance / before);
      if (symbol === END) this.whole.push(new Leaf(leaf, END, logP, 0));
      else this.open.add(new Leaf(leaf, symbol, logP, Math.log(chance) + logBest));
    }
  }

  /** Add up the masses of the leaves. */
  measure() {
    this.leaves = [...this.whole, ...this.open.leaves];
    const highest = this.leaves.reduce((a, { logMass }) => Math.max(a, logMass), -Infinity);
    let total = 0;
    this.cumulative = Float64Array.from(this.leaves, ({ logMass }) => {
      total += Math.exp(logMass - highest);
      return total;
    });
    this.total = total;
    this.logTotal = highest + Math.log(total);
  }

  /** A name, which is whole or to be gone on with, by a number from 0 to 1. */
  draw(uniform) {
    const point = uniform * this.total;
    let low = 0;
    let high = this.leaves.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.cumulative[middle] > point) high = middle;
      else low = middle + 1;
    }
    const leaf = this.leaves[low];
    const draft = this.draftOf(leaf).copy();
    draft.logWeight = this.logTotal - leaf.logChance;
    draft.logPromise = this.logTotal;
    return draft;
  }

  /** What a name that begins with a leaf goes on from. */
  draftOf(leaf) {
    if (leaf.draft) return leaf.draft;
    const { beginnings, meet } = this.drawing;
    const { before, symbol } = leaf;
    leaf.draft = before.draft.copy();
    leaf.draft.take(symbol, beginnings);
    if (symbol !== END) leaf.draft.advance(symbol, meet);
    return leaf.draft;
  }
}

/** Leaves, of which the one with the largest mass is at hand: a binary heap. */
class Heap {
  constructor() {
    this.leaves = [];
  }

  add(leaf) {
    const { leaves } = this;
    let place = leaves.length;
    leaves.push(leaf);
    while (place) {
      const above = (place - 1) >> 1;
      if (leaves[above].logMass >= leaf.logMass) break;
      leaves[place] = leaves[above];
      place = above;
    }
    leaves[place] = leaf;
  }

  /** Take the largest leaf out. */
  largest() {
    const { leaves } = this;
    const [largest] = leaves;
    const last = leaves.pop();
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= leaves.length) break;
      if (below + 1 < leaves.length && leaves[below + 1].logMass > leaves[below].logMass) {
        below += 1;
      }
      if (leaves[below].logMass <= last.logMass) break;
      leaves[place] = leaves[below];
      place = below;
    }
    if (leaves.length) leaves[place] = last;
    return largest;
  }
}
