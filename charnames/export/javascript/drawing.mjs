/** Draws names from the model's own distribution, many side by side. */

import { pick, sum } from "./choice.mjs";
import { END } from "./softmax.mjs";

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
    this.logPromise = 0; // of the weight, times the chance that it meets the constraints
    this.nats = 0; // -ln of the probability of the symbols drawn
    this.ended = false;
  }

  copy() {
    return Object.assign(new Draft(this.beginning), this, { ids: [...this.ids] });
  }

  /** Go on with a symbol, whose probability has been read. */
  take(symbol, beginnings) {
    this.nats -= Math.log(this.beginning.p[symbol]);
    this.ended = symbol === END;
    if (this.ended) return;
    this.ids.push(symbol);
    this.beginning = beginnings.child(this.beginning, symbol);
  }

  /** Go on with a symbol under constraints. */
  advance(symbol, meet) {
    this.state = meet.after(this.state, symbol);
    this.length += meet.sizeOf(symbol);
  }
}

/**
 * Go on with drafts of names until all have ended, or for so many steps. thin: gives the
 * running ones that are gone on with after each step.
 */
export function finish(beginnings, drafts, steps, choose, thin = (running) => running) {
  let running = drafts.filter(({ ended }) => !ended);
  for (let step = 0; step < steps && running.length; step++) {
    beginnings.read(running.map(({ beginning }) => beginning));
    running = running.filter((draft) => {
      draft.take(choose(draft), beginnings);
      return !draft.ended;
    });
    running = thin(running);
  }
  return drafts;
}

/**
 * Draws names from the model's own distribution, of at most `limit` symbols. guard:
 * constraints that keep names from ending within a character, where that can happen.
 */
export class FreeDrawing {
  constructor(beginnings, choice, shares, limit, guard) {
    Object.assign(this, { beginnings, choice, shares, guard });
    this.most = 2048; // names that are drawn side by side
    this.effort = 1; // of a fruitless try
    this.steps = guard ? guard.steps : limit;
  }

  /** @returns {Draft[]} `count` names. */
  draw(count, random) {
    const drafts = Array.from({ length: count }, () => {
      const label = this.shares.length > 1 ? pick(this.shares, 1, random()) : 0;
      return new Draft(this.beginnings.root(label));
    });
    const choose = (draft) =>
      this.guard
        ? guarded(draft, this, this.guard, random)
        : chosen(draft, this, (p) => p, random);
    return finish(this.beginnings, drafts, this.steps, choose);
  }
}

/** A symbol by the choice of a drawing, of those that `allowed` leaves in p (V,). */
function chosen({ beginning, ids }, drawing, allowed, random) {
  const choice = ids.length ? drawing.choice : drawing.choice.first;
  const { weights, total } = beginning.optionsFor(drawing, () => {
    const weights = choice.weights(allowed(beginning.p));
    return { weights, total: sum(weights) };
  });
  return pick(weights, total, random());
}

/** The same of the symbols that constraints allow, without looking ahead. */
export function guarded(draft, drawing, meet, random) {
  const allowed = (p) => {
    const left = new Float64Array(p.length);
    for (const symbol of meet.choices(draft.length, draft.state)) {
      left[symbol] = Math.max(p[symbol], Number.MIN_VALUE);
    }
    return left;
  };
  const symbol = chosen(draft, drawing, allowed, random);
  if (symbol !== END) draft.advance(symbol, meet);
  return symbol;
}
