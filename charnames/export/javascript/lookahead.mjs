/** How likely a name is to meet its constraints after each next symbol, by bigrams. */

import { END } from "./softmax.mjs";

const STEPS = 16; // of a nat, in which logarithms of bigrams are packed
const LEAST = 1e-3; // the least chance of an allowed symbol, over that of the best
const MAX_ENTRIES = 2 ** 22; // of the table; where it would have more, there is none
const MAX_WORK = 2 ** 28; // additions, to fill the table

/**
 * A chain of bigrams stands for the model, whose own answer would take all the names
 * that there are. For the chain, messages from the end give the chance exactly.
 */
export class Lookahead {
  /**
   * @param {Constraints} meet
   * @param {?Uint8Array} packed - -ln p of each symbol after each, (V, V).
   * @param {number} temperature
   */
  constructor(meet, packed, temperature) {
    this.meet = meet;
    const { size, V } = meet.automaton;
    const entries = (meet.most + 1) * size * V;
    if (!packed || entries > MAX_ENTRIES || entries * V > MAX_WORK) return;
    this.bigrams = sharpened(packed, V, Math.max(temperature, 0.1));
    this.table = new Array(meet.most + 1);
    this.best = new Array(meet.most + 1); // of each state
    let ahead = null; // (size, V), the chance from each state after each last symbol
    for (let t = meet.most; t >= 0; t--) ahead = this.fill(t, ahead);
  }

  /**
   * The chance after each symbol that may follow t characters in a state, over that of
   * the best, (V,); 0 where the symbol is not allowed.
   */
  chances(t, state) {
    const { V } = this.meet.automaton;
    if (this.table) return this.table[t].subarray(state * V, (state + 1) * V);
    const chances = new Float32Array(V);
    for (const symbol of this.meet.choices(t, state)) chances[symbol] = 1;
    return chances;
  }

  /** The logarithm of the best chance after t characters in a state. */
  logBest(t, state) {
    return this.table ? Math.log(this.best[t][state]) : 0;
  }

  /** The row of the table for t characters, from the chances one character later. */
  fill(t, later) {
    const { meet } = this;
    const { size, V } = meet.automaton;
    this.table[t] = new Float32Array(size * V);
    this.best[t] = new Float64Array(size);
    const now = new Float64Array(size * V);
    const rows = Array.from({ length: size }, (_, state) => state);
    // A mark leads to another state before the same character.
    const marked = rows.filter((state) => meet.mark && meet.after(state, meet.mark) < 0);
    const others = rows.filter((state) => !marked.includes(state));
    for (const state of [...marked, ...others]) {
      const after = new Float64Array(V);
      let best = 0;
      for (const symbol of meet.choices(t, state)) {
        const next = meet.after(state, symbol);
        if (symbol === END) after[symbol] = 1;
        else if (symbol === meet.mark) after[symbol] = now[next * V + symbol];
        else after[symbol] = later[next * V + symbol];
        after[symbol] = Math.max(after[symbol], Number.MIN_VALUE);
        best = Math.max(best, after[symbol]);
      }
      if (!best) continue;
      this.best[t][state] = best;
      const chances = this.table[t].subarray(state * V, (state + 1) * V);
      after.forEach((chance, symbol) => {
        if (chance) chances[symbol] = Math.max(chance / best, LEAST);
      });
      for (let last = 0; last < V; last++) {
        let sum = 0;
        for (let symbol = 0; symbol < V; symbol++) {
          sum += chances[symbol] * this.bigrams[last * V + symbol];
        }
        now[state * V + last] = sum * best;
      }
    }
    return now;
  }
}

/** The probability of each symbol after each, (V, V), at a temperature. */
function sharpened(packed, V, temperature) {
  const p = Float64Array.from(packed, (steps) => Math.exp(-steps / STEPS / temperature));
  for (let row = 0; row < V; row++) {
    const total = p.subarray(row * V, (row + 1) * V).reduce((a, b) => a + b);
    for (let i = row * V; i < (row + 1) * V; i++) p[i] /= total;
  }
  return p;
}
