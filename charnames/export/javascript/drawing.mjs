/** Draws names from the model's own distribution, many side by side. */

import { likeliest, pick } from "./choice.mjs";
import { END } from "./predictor.mjs";

/**
 * A name that is being drawn: the beginning that it has come to, its symbols, and under
 * constraints its characters, its state and the logarithm of its importance weight.
 */
export class Draft {
  constructor(beginning) {
    this.beginning = beginning;
    this.ids = [];
    this.length = 0;
    this.state = 0;
    this.logWeight = 0;
  }

  /** Go on with a symbol under constraints. */
  advance(symbol, meet) {
    this.state = meet.after(this.state, symbol);
    this.length += meet.sizeOf(symbol);
  }
}

/** Go on with drafts of names until all have ended, or for so many steps. */
export function finish(beginnings, drafts, steps, choose) {
  let running = drafts;
  for (let step = 0; step < steps && running.length; step++) {
    beginnings.read(running.map(({ beginning }) => beginning));
    running = running.filter((draft) => {
      const symbol = choose(draft);
      if (symbol === END) return false;
      draft.ids.push(symbol);
      draft.beginning = beginnings.child(draft.beginning, symbol);
      return true;
    });
  }
  return drafts;
}

/**
 * Draws names from the model's own distribution, of at most `limit` symbols. guard:
 * constraints that keep names from ending within a character, where that can happen.
 */
export class FreeDrawing {
  constructor(beginnings, choice, shares, limit, guard) {
    Object.assign(this, { beginnings, choice, shares, limit, guard });
  }

  /** @returns {number[][]} the ids of `count` names. */
  draw(count, random) {
    const drafts = Array.from({ length: count }, () => {
      const label = this.shares.length > 1 ? pick(this.shares, 1, random()) : 0;
      return new Draft(this.beginnings.root(label));
    });
    const steps = this.guard ? this.guard.steps : this.limit;
    const choose = this.guard ? guarded(this.guard, this.choice) : free(this.choice);
    finish(this.beginnings, drafts, steps, (draft) => choose(draft, random));
    return drafts.map(({ ids }) => ids);
  }
}

/** Chooses a symbol freely. */
function free(choice) {
  return ({ beginning }, random) => {
    if (choice.greedy) return likeliest(beginning.p);
    const weights = beginning.weighed(choice);
    return pick(weights, beginning.total, random());
  };
}

/** Chooses among the symbols that constraints allow, without looking ahead. */
export function guarded(meet, choice) {
  return (draft, random) => {
    const p = new Float64Array(draft.beginning.p.length);
    for (const symbol of meet.choices(draft.length, draft.state)) {
      p[symbol] = Math.max(draft.beginning.p[symbol], Number.MIN_VALUE);
    }
    let symbol = likeliest(p);
    if (!choice.greedy) {
      const weights = choice.weights(p);
      symbol = pick(weights, sum(weights), random());
    }
    draft.advance(symbol, meet);
    return symbol;
  };
}

export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
