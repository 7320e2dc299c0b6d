/** A model of names: a generator of new ones, and how probable a name is. */

import { Beginnings } from "./beginnings.mjs";
import { Choice } from "./choice.mjs";
import { ConstrainedDrawing } from "./constrained.mjs";
import { checked, Constraints } from "./constraints.mjs";
import { FreeDrawing } from "./drawing.mjs";
import { LearnedList, NoveltyFilter, TryBudget } from "./novelty.mjs";
import { Predictor } from "./predictor.mjs";
import { freshSeed, randomStream } from "./random.mjs";
import { END } from "./softmax.mjs";
import { best } from "./selection.mjs";
import { Spelling } from "./spelling.mjs";

const FEWEST = 4; // names that are drawn side by side, at first; then ever more

/** What a module offers of the model with that header and those arrays. */
export function offer({ header, arrays }) {
  const model = new LanguageModel(header, arrays);
  return {
    about: model.about,
    generator: ({ seed = freshSeed() } = {}) => new Generator(model, seed),
  };
}

/** The parts of a model, made once. */
export class LanguageModel {
  constructor(header, arrays) {
    this.header = header;
    this.spelling = new Spelling(header.spelling);
    this.predictor = new Predictor(header, arrays);
    const weight = header.words?.samplingWeight; // of whole words
    const sampled = weight ? this.predictor.withWordWeight(weight) : this.predictor;
    this.beginnings = new Beginnings(sampled, header.notFirst);
    this.list = new LearnedList(header, arrays);
    this.bigrams = arrays.bigrams;
    this.labels = header.labels.map(([label]) => label);
    const total = header.labels.reduce((sum, [, count]) => sum + count, 0);
    this.shares = header.labels.map(([, count]) => count / total);
    if (!this.shares.length) this.shares = [1];
    this.about = Object.freeze({
      ...header.about,
      characters: this.spelling.characters,
      labels: Object.freeze(
        Object.fromEntries(this.labels.map((label, i) => [label, this.shares[i]])),
      ),
      defaults: Object.freeze({
        temperature: header.temperature,
        minLength: header.form.shortest,
        maxLength: header.limit,
      }),
    });
  }

  /** Keeps names from ending within a character, where the alphabet has parts of some. */
  get guard() {
    const { edges } = this.header;
    if (!edges.unfinished.length && !edges.halves.length && !this.spelling.mark) {
      return null;
    }
    return new Constraints(this.header, this.spelling, { maxLength: this.header.limit });
  }

  /** The shares of labels for names of one label, or of all of them. */
  sharesOf(label) {
    if (label === undefined) return this.shares;
    return this.labels.map((other) => (other === label ? 1 : 0));
  }
}

class Generator {
  #model;

  constructor(model, seed) {
    this.#model = model;
    this.seed = seed;
    this.labels = Object.freeze([...model.labels]);
  }

  /** Names, one after the other, drawn as they are asked for. */
  names(wanted = {}) {
    const options = checked(wanted, this.#model.labels);
    const draws = drawings(this.#model, options);
    return wantedNames(this.#model, options, draws, this.seed);
  }

  /** How probable the model thinks a name. */
  score(name, { label } = {}) {
    const model = this.#model;
    checked({ label }, model.labels);
    const symbols = model.spelling.encode(name);
    const unknown = symbols.find((symbol) => !model.spelling.ids.has(symbol)) ?? "";
    const score = { name, nats: null, symbols: symbols.length + 1, unknown };
    if (unknown) return score;
    const ids = symbols.map((symbol) => model.spelling.ids.get(symbol));
    const losses = model.sharesOf(label).map((share, i) =>
      share ? loss(model.predictor, ids, i) - Math.log(share) : Infinity,
    );
    const lowest = Math.min(...losses);
    const total = losses.reduce((sum, nats) => sum + Math.exp(lowest - nats), 0);
    return { ...score, nats: lowest - Math.log(total) };
  }
}

/** -ln of the probability of a name for a label. */
function loss(predictor, ids, label) {
  let memory = predictor.start(label);
  let nats = 0;
  [END, ...ids].forEach((symbol, step) => {
    const [result] = predictor.step([symbol], [memory]);
    memory = result.memory;
    nats -= Math.log(result.p[ids[step] ?? END]);
  });
  return nats;
}

/**
 * The ways to draw the names that are wanted, one after the other. Where nothing is
 * said of the temperature and the like, names are first drawn as the model's recipe
 * says, of which the best of several may be kept; then all of them; and once these are
 * too few, from the model as it is.
 */
export function drawings(model, options) {
  const { prefix, suffix, minLength, maxLength, temperature, topP, label } = options;
  const { header, beginnings, bigrams } = model;
  const constrained = prefix || suffix || (minLength ?? maxLength) !== undefined;
  const meet = constrained ? new Constraints(header, model.spelling, options) : null;
  const given = temperature !== undefined || topP !== undefined;
  const own = new Choice({
    temperature: temperature ?? header.temperature,
    topP,
    minP: given || suffix ? 0 : header.minP,
    freeStart: !given && header.bestOf > 1,
  });
  const shares = model.sharesOf(label);
  const way = (choice, bestOf) => ({
    bestOf,
    drawing: () =>
      meet
        ? new ConstrainedDrawing(beginnings, choice, shares, meet, bigrams)
        : new FreeDrawing(beginnings, choice, shares, header.limit, model.guard),
  });
  if (given) return [way(own, 1)];
  const selected = header.bestOf > 1 ? [way(own, header.bestOf)] : [];
  return [...selected, way(own, 1), way(new Choice({}), 1)];
}

/** The names that are wanted, of those that the ways to draw them give. */
function* wantedNames(model, options, ways, seed) {
  const filter = new NoveltyFilter(model.list, options);
  const wanted = (ids) => filter.wants(model.spelling.fold(model.spelling.decode(ids)));
  let left = options.count;
  let number = 0; // of the chunk of names that are drawn side by side
  for (const [i, way] of ways.entries()) {
    const drawing = way.drawing();
    const least = options.minLength ?? 1;
    const last = i === ways.length - 1;
    const budget = new TryBudget(least, last, drawing);
    for (; !budget.exhausted; number++) {
      if (left <= 0) return;
      model.beginnings.tidy();
      const size = Math.min(FEWEST * way.bestOf * 2 ** Math.min(number, 16), drawing.most);
      const before = left;
      const drafts = drawing.draw(size, randomStream(seed, number), wanted);
      const exact = drafts.filter(({ ids }) => !drawing.meet || model.spelling.isExact(ids));
      const names = newNames(model.spelling, exact, filter);
      for (const { name, folded } of best(names, way.bestOf)) {
        filter.give(folded);
        left -= 1;
        yield name;
        if (left <= 0) return;
      }
      budget.record(size, before - left);
    }
  }
}

/** The distinct names that a filter wants, of those that were drawn. */
function newNames(spelling, drafts, filter) {
  const names = new Map();
  for (const { ids, nats } of drafts) {
    const name = spelling.decode(ids);
    const folded = spelling.fold(name);
    if (names.has(folded) || !filter.wants(folded)) continue;
    names.set(folded, { name, folded, nats, symbols: ids.length + 1 });
  }
  return [...names.values()];
}
