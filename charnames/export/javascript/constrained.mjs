/** Draws names that meet constraints, as often as the model would write them. */

import { Choice, pick, sum } from "./choice.mjs";
import { Draft, finish, guarded } from "./drawing.mjs";
import { Frontier } from "./frontier.mjs";
import { Lookahead } from "./lookahead.mjs";
import { END } from "./softmax.mjs";

const GROWTH = 512; // beginnings that are read before names are drawn, at most
const GROWTH_OF_EACH = 8; // for each of these names

/**
 * A leaf of the frontier is drawn, and then symbols, each in proportion to its
 * probability and to the chance that a name can meet the constraints after it. The
 * chances are estimates, so names carry importance weights, by which they are resampled.
 */
export class ConstrainedDrawing {
  constructor(beginnings, choice, shares, meet, bigrams) {
    Object.assign(this, { beginnings, choice, meet });
    this.most = 128; // names that are drawn side by side
    this.leastPromise = 0.1; // of the mean
    this.effort = 4; // of a fruitless try: more is read for it
    this.lookahead = new Lookahead(meet, bigrams, choice.temperature);
    this.shareOut(shares);
    const starts = shares.map((_, label) => this.begin(label));
    this.frontier = new Frontier(this, starts, this.shares);
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

  /**
   * @param {function(number[]): boolean} wanted - whether names of those ids are; of
   *   others only some are left out, which spares the time to draw them.
   * @returns {Draft[]} at most `count` names.
   */
  draw(count, random, wanted = () => true) {
    const { beginnings, meet, choice, frontier } = this;
    if (!choice.greedy) frontier.grow(Math.min(GROWTH_OF_EACH * count, GROWTH), wanted);
    if (!frontier.leaves.length) return [];
    const drafts = Array.from({ length: count }, () => frontier.draw(random()));
    const steps = meet.steps - this.shared.length;
    const choose = (draft) =>
      choice.greedy ? guarded(draft, this, meet, random) : this.choose(draft, random);
    const thin = choice.greedy
      ? undefined
      : (running) => this.thinned(running, drafts, random);
    finish(beginnings, drafts, steps, choose, thin);
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
    const { length, state } = draft;
    const { weights, chances, total, before } = this.optionsFor(draft);
    if (!total) {
      draft.logWeight = draft.logPromise = -Infinity;
      return END;
    }
    const symbol = pick(weights, total, random());
    draft.logWeight += Math.log(total / before / chances[symbol]);
    draft.logPromise = draft.logWeight;
    if (symbol !== END) {
      draft.logPromise += Math.log(chances[symbol]) + this.lookahead.logBest(length, state);
    }
    if (symbol !== END) draft.advance(symbol, this.meet);
    return symbol;
  }

  /**
   * The running drafts without most of those that promise next to nothing. One that is
   * left takes the weight of the others, so that on average nothing changes ("Russian
   * roulette", Kahn & Harris 1951).
   */
  thinned(running, drafts, random) {
    const highest = drafts.reduce((a, draft) => Math.max(a, draft.logPromise), -Infinity);
    const promise = ({ logPromise }) => Math.exp(logPromise - highest);
    const mean = sum(drafts.map(promise)) / drafts.length;
    const least = this.leastPromise * mean;
    return running.filter((draft) => {
      const share = promise(draft) / least;
      if (!(share < 1)) return true;
      const kept = random() < share;
      const more = kept ? -Math.log(share) : -Infinity;
      draft.logWeight += more;
      draft.logPromise += more;
      return kept;
    });
  }

  /** What the next symbol of a name is chosen by. */
  optionsFor({ beginning, length, state, ids }) {
    return beginning.optionsFor(this, () => {
      const choice = ids.length ? this.choice : this.choice.first;
      const forced = this.meet.mark && this.meet.forces(length, state);
      return weighed(choice, beginning.p, this.lookahead.chances(length, state), forced);
    });
  }

  /**
   * The names by their weights, as many as the draws are worth (Kish 1965): the weights
   * are gone through at even steps (systematic resampling).
   */
  resampled(drafts, count, random) {
    if (!drafts.length) return [];
    const highest = Math.max(...drafts.map(({ logWeight }) => logWeight));
    const weights = drafts.map(({ logWeight }) => Math.exp(logWeight - highest));
    const total = sum(weights);
    const worth = sum(weights.map((weight) => weight * weight)) / total;
    const step = Math.max(worth, total / count);
    const names = [];
    let point = random() * step;
    let passed = 0;
    drafts.forEach((draft, i) => {
      passed += weights[i];
      for (; point < passed; point += step) names.push(draft);
    });
    return names;
  }
}

/**
 * The weights (V,) that the next symbol is chosen by, the chances (V,) that are in them,
 * and their sum with these and before. Where one character is forced, the choice leaves
 * none of its symbols out.
 */
function weighed(choice, p, chances, forced) {
  const { temperature } = choice;
  const weights = (forced ? new Choice({ temperature }) : choice).weights(p);
  const before = sum(weights);
  chances.forEach((chance, symbol) => {
    weights[symbol] *= chance;
  });
  return { weights, chances, total: sum(weights), before };
}

/** Numbers over their highest, so that products of many do not vanish. */
function scaled(numbers) {
  const highest = Math.max(...numbers);
  return highest ? numbers.map((number) => number / highest) : numbers;
}
