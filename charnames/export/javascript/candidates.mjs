/** Candidates: the targets that a source may become, each with its probability. */

export const BEAM = 5; // beginnings that a search of a network goes on with

/** By number, place by place; a beginning comes before what goes on from it. */
function byIds(a, b) {
  const place = a.findIndex((id, i) => id !== b[i]);
  if (place < 0) return a.length - b.length;
  return place < b.length ? a[place] - b[place] : 1;
}

/** The likeliest first; of equals, the first in the order of their symbols. */
export const ranked = (candidates) =>
  candidates.sort((a, b) => b.probability - a.probability || byIds(a.ids, b.ids));

/** Adds up the probabilities of targets, which are arrays of ids. */
export class Sums {
  #sums = new Map();

  add(ids, probability) {
    const name = ids.join();
    const sum = this.#sums.get(name) ?? { ids, probability: 0 };
    sum.probability += probability;
    this.#sums.set(name, sum);
  }

  /** All targets, ranked, with their sums over a total. */
  ranked(total = 1) {
    const shares = [...this.#sums.values()].map(({ ids, probability }) => ({
      ids,
      probability: probability / total,
    }));
    return ranked(shares);
  }
}

/** The places of the highest numbers, at most so many, the highest first. */
export function highest(numbers, count) {
  const places = Array.from(numbers, (_, place) => place);
  places.sort((a, b) => numbers[b] - numbers[a] || a - b);
  return places.slice(0, count);
}
