/** A network that spells a target frame by frame, and the search for what it spells. */

import { BEAM, ranked, Sums } from "./candidates.mjs";
import { END, softmax } from "./softmax.mjs";
import { addToRows, Affine, Stack } from "./stack.mjs";

const BLANK = 0;
const LEAST = -12; // log probability of a symbol that is tried at a frame
const NONE = -Infinity;

export class CTCNetwork {
  /** @param {object} header @param {Object<string, Float32Array>} weights - by name. */
  constructor({ encoder }, weights) {
    this.stack = new Stack(encoder, weights);
    this.output = new Affine(weights["output.Wya"], weights["output.by"]);
  }

  /** The log probability of each symbol at each frame, (V,) for each. */
  frames(ids, blend) {
    const x = this.stack.embedded([END, ...ids]);
    if (blend) addToRows(x, this.stack.labelInput(blend));
    const logits = this.output.of(this.stack.run(x));
    const V = this.output.b.length;
    return Array.from({ length: ids.length + 1 }, (_, t) =>
      softmax(logits.subarray(t * V, (t + 1) * V)).map(Math.log),
    );
  }

  /**
   * The likeliest targets of at most `longest` symbols (Graves 2012). Of each beginning
   * the paths that end in a blank and those that end in its last symbol are summed
   * apart: after a blank a repeat is a new symbol, without one it is the same.
   */
  spelled(ids, longest, blend) {
    let beginnings = [{ ids: [], blank: 0, symbol: NONE }];
    for (const frame of this.frames(ids, blend)) {
      const following = new Map();
      const add = (ids, blank, symbol) => {
        if (blank === NONE && symbol === NONE) return;
        const name = ids.join();
        const sums = following.get(name) ?? { ids, blank: NONE, symbol: NONE };
        sums.blank = logSum(sums.blank, blank);
        sums.symbol = logSum(sums.symbol, symbol);
        following.set(name, sums);
      };
      for (const { ids, blank, symbol } of beginnings) {
        const both = logSum(blank, symbol);
        const last = ids.at(-1);
        add(ids, both + frame[BLANK], ids.length ? symbol + frame[last] : NONE);
        if (ids.length === longest) continue;
        frame.forEach((logP, k) => {
          if (k === BLANK || logP <= LEAST) return;
          add([...ids, k], NONE, (k === last ? blank : both) + logP);
        });
      }
      beginnings = bySum([...following.values()]).slice(0, BEAM);
    }
    return bySum(beginnings).map(({ ids, probability }) => ({ ids, probability }));
  }

  /** The likeliest targets, their probabilities a mean over the networks. */
  static search(networks, ids, longest, blend) {
    const sums = new Sums();
    for (const network of networks) {
      for (const { ids: target, probability } of network.spelled(ids, longest, blend)) {
        sums.add(target, probability);
      }
    }
    return sums.ranked(networks.length).slice(0, BEAM);
  }
}

/** Beginnings with the sum of all their paths, the likeliest first. */
const bySum = (beginnings) =>
  ranked(
    beginnings.map((beginning) => ({
      ...beginning,
      probability: Math.exp(logSum(beginning.blank, beginning.symbol)),
    })),
  );

/** log(exp(a) + exp(b)). */
function logSum(a, b) {
  const high = Math.max(a, b);
  if (high === NONE) return NONE;
  return high + Math.log1p(Math.exp(Math.min(a, b) - high));
}
