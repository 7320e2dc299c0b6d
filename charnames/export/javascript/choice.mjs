/** Choosing the next symbol: temperature, top-p and min-p. */

const GREEDY = 1e-3; // temperatures below it leave only the likeliest symbol

export class Choice {
  /**
   * freeStart: whether the settings leave out the first symbol of a name.
   *
   * @param {{temperature?: number, topP?: number, minP?: number, freeStart?: boolean}}
   *   settings
   */
  constructor({ temperature = 1, topP = 1, minP = 0, freeStart = false }) {
    this.temperature = temperature;
    this.topP = topP;
    this.minP = minP;
    this.greedy = temperature < GREEDY;
    this.first = freeStart ? new Choice({}) : this; // how the first symbol is chosen
  }

  /**
   * What each symbol is chosen by: in proportion to the probability that it is chosen
   * with, 0 where it is left out.
   *
   * @param {Float64Array} p - probabilities (V,), before temperature and the rest.
   * @returns {Float64Array} (V,).
   */
  weights(p) {
    const best = likeliest(p);
    const weights = new Float64Array(p.length);
    weights[best] = 1;
    if (this.greedy) return weights;
    for (let symbol = 0; symbol < p.length; symbol++) {
      const ratio = p[symbol] / p[best];
      const weight = this.temperature === 1 ? ratio : ratio ** (1 / this.temperature);
      weights[symbol] = weight < this.minP ? 0 : weight;
    }
    if (this.topP < 1) leaveOutTail(weights, this.topP);
    return weights;
  }
}

/** Keep the likeliest symbols that together have that share; in place. */
function leaveOutTail(weights, topP) {
  const ordered = weights.slice().sort().reverse();
  const least = topP * sum(weights);
  let passed = 0;
  const last = ordered.find((weight) => {
    passed += weight;
    return passed >= least;
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
export function likeliest(weights) {
  let best = 0;
  for (let symbol = 1; symbol < weights.length; symbol++) {
    if (weights[symbol] > weights[best]) best = symbol;
  }
  return best;
}

export function sum(numbers) {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
