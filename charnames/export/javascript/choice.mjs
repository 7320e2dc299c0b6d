/** Choosing the next symbol: temperature, top-p and min-p. */

const GREEDY = 1e-3; // temperatures below it leave only the likeliest symbol

export class Choice {
  /** @param {{temperature?: number, topP?: number, minP?: number}} settings */
  constructor({ temperature = 1, topP = 1, minP = 0 }) {
    this.temperature = temperature;
    this.topP = topP;
    this.logMinP = minP ? Math.log(minP) : -Infinity;
    this.greedy = temperature < GREEDY;
  }

  /**
   * What each symbol is chosen by: in proportion to the probability that it is chosen
   * with, 0 where it is left out.
   *
   * @param {Float64Array} p - probabilities (V,), before temperature and the rest.
   * @returns {Float64Array} (V,).
   */
  weights(p) {
    const highest = p.reduce((a, b) => Math.max(a, b));
    const weights = p.map((probability) => {
      const z = Math.log(probability / highest) / this.temperature;
      return z < this.logMinP ? 0 : Math.exp(z);
    });
    if (this.topP < 1) leaveOutTail(weights, this.topP);
    return weights;
  }
}

/** Keep the likeliest symbols that together have that share; in place. */
function leaveOutTail(weights, topP) {
  const ordered = weights.slice().sort().reverse();
  const total = ordered.reduce((a, b) => a + b);
  let sum = 0;
  const last = ordered.find((weight) => {
    sum += weight;
    return sum >= topP * total;
  });
  weights.forEach((weight, symbol) => {
    if (weight < last) weights[symbol] = 0;
  });
}

/** The symbol that a number from 0 to 1 picks, by weights (V,) with that sum. */
export function pick(weights, total, uniform) {
  let left = uniform * total;
  let last = 0;
  for (let symbol = 0; symbol < weights.length; symbol++) {
    if (!weights[symbol]) continue;
    last = symbol;
    left -= weights[symbol];
    if (left < 0) break;
  }
  return last;
}

/** The symbol with the highest weight; of equals, the first. */
export const likeliest = (weights) =>
  weights.reduce((best, weight, symbol) => (weight > weights[best] ? symbol : best), 0);
