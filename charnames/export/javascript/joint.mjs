/** A joint n-gram model of pairs (Bisani & Ney 2008): n-grams of chunks. */

import { Sums } from "./candidates.mjs";
import { NGram } from "./ngram.mjs";
import { END } from "./softmax.mjs";

const KEPT = 32; // beginnings that are kept after each letter
const MOST = 2; // letters, or symbols, of a chunk
const SKIPPED = -15; // log probability of a letter that becomes nothing

export class JointNGram {
  /** @param {object} arrays - by name; chunks (C, 4): two letters, two symbols. */
  constructor(arrays, start) {
    const { chunks } = arrays;
    this.ngram = new NGram(arrays, chunks.length / (2 * MOST) + 1, start);
    this.targets = [];
    this.byLetters = new Map(); // the chunks that read those letters
    for (let i = 0; i < chunks.length; i += 2 * MOST) {
      const chunk = [...chunks.subarray(i, i + 2 * MOST)];
      const letters = chunk.slice(0, MOST).filter((id) => id);
      const name = letters.join();
      if (!this.byLetters.has(name)) this.byLetters.set(name, []);
      this.byLetters.get(name).push(this.targets.length);
      this.targets.push(chunk.slice(MOST).filter((id) => id));
    }
  }

  /** What a source may become, the likeliest first: all that the search meets. */
  convert(ids) {
    const waiting = Array.from({ length: ids.length + 1 }, () => []);
    waiting[0].push({ score: 0, node: this.ngram.start, before: null, chunk: -1 });
    let here;
    for (let i = 0; i <= ids.length; i++) {
      here = best(waiting[i]);
      here = best([...here, ...this.extended(here, [])]);
      for (let count = 1; count <= Math.min(MOST, ids.length - i); count++) {
        const further = this.extended(here, ids.slice(i, i + count));
        waiting[i + count].push(...further);
      }
      if (i === ids.length) break;
      const skip = ({ score, ...rest }) => ({ ...rest, score: score + SKIPPED });
      waiting[i + 1].push(...here.map(skip));
    }
    return this.spelt(here);
  }

  /** Beginnings with each chunk of the next letters. */
  extended(beginnings, letters) {
    const chunks = this.byLetters.get(letters.join()) ?? [];
    return beginnings.flatMap((before) =>
      chunks.map((chunk) => ({
        score: before.score + Math.log(this.ngram.probability(before.node, chunk + 1)),
        node: this.ngram.after(before.node, chunk + 1),
        before,
        chunk,
      })),
    );
  }

  /** What whole beginnings spell, and their shares of the sum. */
  spelt(beginnings) {
    const ended = beginnings.map(({ score, node }) =>
      score + Math.log(this.ngram.probability(node, END)),
    );
    const top = Math.max(...ended);
    const sums = new Sums();
    let total = 0;
    beginnings.forEach((beginning, i) => {
      const parts = [];
      for (let at = beginning; at; at = at.before) {
        if (at.chunk >= 0) parts.unshift(this.targets[at.chunk]);
      }
      const weight = Math.exp(ended[i] - top);
      sums.add(parts.flat(), weight);
      total += weight;
    });
    return sums.ranked(total);
  }
}

/** The likeliest beginnings; of equals, the first. */
const best = (beginnings) =>
  [...beginnings].sort((a, b) => b.score - a.score).slice(0, KEPT);
