/** Constraints on names, as an automaton that looks ahead. */

import { END } from "./softmax.mjs";

const MAX_LENGTH = 10000; // characters
const DEAD = -1;

/** What a name may begin and end with, whatever is asked for. */
function wellFormed({ blanks, later, unfinished, halves, cased }, mark) {
  const kinds = new Map();
  const setKind = (ids, kind) => ids.forEach((id) => kinds.set(id, kind));
  setKind(blanks, "unfinished");
  setKind(unfinished, "unfinished");
  setKind(halves, "half");
  const barred = new Set([...blanks, ...later]);
  const letters = new Set(cased);
  return {
    start: "start",
    accepts: (state) => state === "whole",
    next(state, symbol) {
      if (state === "marked") return letters.has(symbol) ? "whole" : DEAD;
      if (state === "start" && barred.has(symbol)) return DEAD;
      if (mark && symbol === mark) return "marked";
      const kind = kinds.get(symbol) ?? "whole";
      return kind === "half" && state === "half" ? "whole" : kind;
    },
  };
}

/** Names that begin with those keys. */
function beginsWith(keys, spelling) {
  return {
    start: 0,
    accepts: (place) => place === keys.length,
    next(place, symbol) {
      if (place === keys.length || symbol === spelling.mark) return place;
      return spelling.keys[symbol] === keys[place] ? place + 1 : DEAD;
    },
  };
}

/** Names that end with those keys; a state is how many of them were read last. */
function endsWith(keys, spelling) {
  const next = (place, key) => {
    while (place === keys.length || (place && keys[place] !== key)) {
      place = fallback[place];
    }
    return keys[place] === key ? place + 1 : 0;
  };
  const fallback = [0, 0]; // as Knuth, Morris & Pratt 1977
  for (let place = 1; place < keys.length; place++) {
    fallback.push(next(fallback[place], keys[place]));
  }
  return {
    start: 0,
    accepts: (place) => place === keys.length,
    next: (place, symbol) =>
      symbol === spelling.mark ? place : next(place, spelling.keys[symbol]),
  };
}

/** The automaton of names that all parts accept, as tables. */
class Automaton {
  constructor(parts, V) {
    this.V = V;
    const states = [parts.map((part) => part.start)];
    const numbers = new Map([[states[0].join(), 0]]);
    const following = [];
    for (let q = 0; q < states.length; q++) {
      const row = new Int32Array(V).fill(DEAD);
      for (let symbol = 1; symbol < V; symbol++) {
        const after = parts.map((part, i) => part.next(states[q][i], symbol));
        if (after.includes(DEAD)) continue;
        const name = after.join();
        if (!numbers.has(name)) {
          numbers.set(name, states.length);
          states.push(after);
        }
        row[symbol] = numbers.get(name);
      }
      following.push(row);
    }
    this.following = following; // of each state, (V,)
    this.size = states.length;
    this.accepting = states.map((state) => parts.every((p, i) => p.accepts(state[i])));
  }

  /** The fewest symbols of a name, Infinity for none. */
  get shortest() {
    const distance = new Map([[0, 0]]);
    for (const [state, steps] of distance) {
      if (this.accepting[state]) return steps;
      for (const next of this.following[state]) {
        if (next !== DEAD && !distance.has(next)) distance.set(next, steps + 1);
      }
    }
    return Infinity;
  }
}

/**
 * Constraints in the form that names are written by: what may follow t characters in a
 * state, so that a name can still meet them.
 */
export class Constraints {
  /** @param {object} model - the header. @param {object} wanted - options of `names`. */
  constructor(model, spelling, wanted) {
    const { prefix, suffix, minLength, maxLength } = wanted;
    const parts = [wellFormed(model.edges, spelling.mark)];
    if (prefix) parts.push(beginsWith(literal("prefix", prefix, spelling), spelling));
    if (suffix) parts.push(endsWith(literal("suffix", suffix, spelling), spelling));
    this.automaton = new Automaton(parts, model.V);
    this.mark = spelling.mark;
    this.least = Math.max(minLength ?? 1, 1);
    const { shortest } = this.automaton;
    const enough = 2 * Math.max(this.least, shortest < Infinity ? shortest : 1);
    const usual = Math.min(Math.max(model.limit, enough), MAX_LENGTH);
    this.most = maxLength ?? usual;
    this.reach = this.reachable();
    if (!this.reach[0][0]) throw new RangeError(`no name can meet ${clash(wanted)}`);
  }

  /** Whether a name of t characters in each state can still be finished: [t][state]. */
  reachable() {
    const { automaton, mark } = this;
    const reach = new Array(this.most + 2);
    reach[this.most + 1] = new Uint8Array(automaton.size);
    for (let t = this.most; t >= 0; t--) {
      const after = reach[t + 1];
      const now = new Uint8Array(automaton.size);
      automaton.following.forEach((row, state) => {
        const goesOn = (next, symbol) => next !== DEAD && symbol !== mark && after[next];
        now[state] = this.endsAt(t, state) || row.some(goesOn) ? 1 : 0;
      });
      if (mark) {
        automaton.following.forEach((row, state) => {
          if (row[mark] !== DEAD && now[row[mark]]) now[state] = 1;
        });
      }
      reach[t] = now;
    }
    return reach;
  }

  /** How many characters a symbol is. */
  sizeOf(symbol) {
    return symbol === this.mark ? 0 : 1;
  }

  /** The most symbols that are written, the end marker among them. */
  get steps() {
    return (this.mark ? 2 : 1) * this.most + 1;
  }

  /** Whether a name of t characters may end in that state. */
  endsAt(t, state) {
    return t >= this.least && t <= this.most && this.automaton.accepting[state];
  }

  /** Whether a symbol may follow t characters in that state. */
  allows(t, state, symbol) {
    if (symbol === END) return this.endsAt(t, state);
    const next = this.automaton.following[state][symbol];
    return next !== DEAD && this.reach[t + this.sizeOf(symbol)][next] === 1;
  }

  /** The state after a symbol. */
  after(state, symbol) {
    return this.automaton.following[state][symbol];
  }

  /** The symbols that may follow, in order. */
  choices(t, state) {
    const symbols = [];
    for (let symbol = 0; symbol < this.automaton.V; symbol++) {
      if (this.allows(t, state, symbol)) symbols.push(symbol);
    }
    return symbols;
  }

  /** Whether only one character may follow, with a mark of letter case or without. */
  forces(t, state) {
    const characters = this.choices(t, state).filter((symbol) => symbol !== this.mark);
    return characters.length === 1 && characters[0] !== END;
  }
}

/** The keys of what spells a text. Throws RangeError for what no name holds. */
function literal(option, text, spelling) {
  return [...text.normalize("NFC")].flatMap((character) => {
    const keys = spelling.spelt(character);
    if (!keys.length) {
      throw new RangeError(`${option}: no name of this model holds “${character}”`);
    }
    return keys;
  });
}

/** The options that no name meets together, in words. */
function clash({ prefix, suffix, minLength, maxLength }) {
  const given = [];
  if (prefix) given.push(`the beginning “${prefix}”`);
  if (suffix) given.push(`the ending “${suffix}”`);
  if (minLength) given.push(`at least ${minLength} characters`);
  if (maxLength !== undefined) given.push(`at most ${maxLength} characters`);
  return `${given.join(", ") || "what is asked"}${given.length > 1 ? " together" : ""}`;
}

/** Check the options of `names`, and fill in the defaults. Throws RangeError. */
export function checked(wanted, labels) {
  const { count = 10, prefix = "", suffix = "", novel = true } = wanted;
  const { temperature, topP, label, minLength, maxLength } = wanted;
  const refuse = (option, range) => {
    throw new RangeError(`${option}: ${String(wanted[option])} is not ${range}`);
  };
  const whole = (option, value, least, most) => {
    if (value === undefined || value === most) return;
    if (!Number.isInteger(value) || value < least || value > most) {
      refuse(option, `a whole number from ${least} to ${most.toLocaleString("en")}`);
    }
  };
  whole("count", count, 0, Infinity);
  whole("minLength", minLength, 0, MAX_LENGTH);
  whole("maxLength", maxLength, 1, MAX_LENGTH);
  if (temperature !== undefined && !(temperature >= 0 && temperature <= 100)) {
    refuse("temperature", "a number from 0 to 100");
  }
  if (topP !== undefined && !(topP > 0 && topP <= 1)) {
    refuse("topP", "a number above 0 and at most 1");
  }
  for (const [option, text] of Object.entries({ prefix, suffix })) {
    if (typeof text !== "string") refuse(option, "a text");
    if (text.length > MAX_LENGTH) {
      throw new RangeError(`${option}: longer than ${MAX_LENGTH} characters`);
    }
  }
  if (label !== undefined && !labels.includes(label)) {
    const there = labels.length ? `one of ${labels.join(", ")}` : "there: it has no labels";
    refuse("label", there);
  }
  return { count, prefix, suffix, novel, temperature, topP, label, minLength, maxLength };
}
