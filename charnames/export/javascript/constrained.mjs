/** Draws names that meet constraints, as often as the model would write them. */

import { Choice, pick, sum } from "./choice.mjs";
import { Draft, finish, guarded } from "./drawing.mjs";
import { Lookahead } from "./lookahead.mjs";
import { END } from "./softmax.mjs";

/**
 * A symbol is drawn in proportion to its probability and to the chance that a name can
 * meet the constraints after it. The chances are estimates, so names carry importance
 * weights, by which they are resampled.
 */
export class ConstrainedDrawing {
  constructor(beginnings, choice, shares, meet, bigrams) {
    Object.assign(this, { beginnings, choice, meet });
    this.lookahead = new Lookahead(meet, bigrams, choice.temperature);
    this.drawn = { weights: 0, squares: 0, highest: -Infinity };
    this.shareOut(shares);
  }

  /**
   * Read the symbols that all names begin with. They decide how probable each label is,
   * and nothing else: so where the choice leaves one of them out for every label, it
   * does not apply to them.
   */
  shareOut(shares) {
    const { beginnings, meet } = this;
    this.shared = [];
    this.state = 0;
    let at = shares.map((_, label) => beginnings.root(label));
    let narrow = [...shares];
    let wide = [...shares];
    for (;;) {
      const choices = meet.choices(this.shared.length, this.state);
      if (choices.length !== 1 || choices[0] === END) break;
      const [symbol] = choices;
      const chance = (choice) => (p, label) => {
        const weights = choice.weights(at[label].p);
        return p * (weights[symbol] / sum(weights));
      };
      const here = this.shared.length ? this.choice : this.choice.first;
      narrow = scaled(narrow.map(chance(here)));
      wide = scaled(wide.map(chance(new Choice({ temperature: here.temperature }))));
      at = at.map((beginning) => beginnings.child(beginning, symbol));
      beginnings.read(at);
      this.shared.push(symbol);
      this.state = meet.after(this.state, symbol);
    }
    this.shares = sum(narrow) ? narrow : wide;
  }

  /** @returns {Draft[]} at most `count` names. */
  draw(count, random) {
    const { beginnings, meet, choice } = this;
    const drafts = Array.from({ length: count }, () => {
      const label = pick(this.shares, sum(this.shares), random());
      return this.begin(label);
    });
    const steps = meet.steps - this.shared.length;
    const choose = (draft) =>
      choice.greedy ? guarded(draft, this, meet, random) : this.choose(draft, random);
    finish(beginnings, drafts, steps, choose);
    const whole = drafts.filter(({ logWeight }) => logWeight > -Infinity);
    return choice.greedy ? whole : this.resampled(whole, count, random);
  }

  /** A draft of a name of a label, with the symbols that all names begin with. */
  begin(label) {
    let beginning = this.beginnings.root(label);
    for (const symbol of this.shared) {
      beginning = this.beginnings.child(beginning, symbol);
    }
    const draft = new Draft(beginning);
    draft.ids.push(...this.shared);
    draft.length = this.shared.length;
    draft.state = this.state;
    return draft;
  }

  /** The next symbol of a name; its weight is what makes up for the chances. */
  choose(draft, random) {
    const { beginning, length, state, ids } = draft;
    const chances = this.lookahead.chances(length, state);
    const { weights, total, share } = beginning.optionsFor(this, () => {
      const choice = ids.length ? this.choice : this.choice.first;
      const forced = this.meet.mark && this.meet.forces(length, state);
      return weighed(choice, beginning.p, chances, forced);
    });
    if (!total) {
      draft.logWeight = -Infinity;
      return END;
    }
    const symbol = pick(weights, total, random());
    draft.logWeight += Math.log(share / chances[symbol]);
    if (symbol !== END) draft.advance(symbol, this.meet);
    return symbol;
  }

  /**
   * The names by their weights, as many as the draws are worth (Kish 1965): the weights
   * are gone through at even steps (systematic resampling).
   */
  resampled(drafts, count, random) {
    if (!drafts.length) return [];
    const highest = Math.max(...drafts.map(({ logWeight }) => logWeight));
    const weights = drafts.map(({ logWeight }) => Math.exp(logWeight - highest));
    const step = Math.max(this.worth(weights, highest), sum(weights) / count);
    const names = [];
    let point = random() * step;
    let passed = 0;
    drafts.forEach((draft, i) => {
      passed += weights[i];
      for (; point < passed; point += step) names.push(draft);
    });
    return names;
  }

  /**
   * The weight that is worth one name, sum w^2 / sum w of all draws so far, over the
   * highest weight of the latest ones.
   */
  worth(weights, highest) {
    const { drawn } = this;
    const top = Math.max(highest, drawn.highest);
    const before = Math.exp(drawn.highest - top);
    const now = Math.exp(highest - top);
    drawn.weights = drawn.weights * before + sum(weights) * now;
    const squares = weights.reduce((total, weight) => total + weight * weight, 0);
    drawn.squares = drawn.squares * before ** 2 + squares * now ** 2;
    drawn.highest = top;
    return (drawn.squares / drawn.weights) * Math.exp(top - highest);
  }
}

/**
 * What the next symbol is chosen by, and the share of the weights that the chances
 * leave. Where one character is forced, the choice leaves none of its symbols out.
 */
function weighed(choice, p, chances, forced) {
  const { temperature } = choice;
  const weights = (forced ? new Choice({ temperature }) : choice).weights(p);
  const before = sum(weights);
  chances.forEach((chance, symbol) => {
    weights[symbol] *= chance;
  });
  const total = sum(weights);
  return { weights, total, share: total / before };
}

/** Numbers over their highest, so that products of many do not vanish. */
function scaled(numbers) {
  const highest = Math.max(...numbers);
  return highest ? numbers.map((number) => number / highest) : numbers;
}
