/** Which of the drawn names are wanted: new, different, and of the form of the list. */

import { HashSet, nameHash, nearForms } from "./hashes.mjs";
import { lengthOf } from "./spelling.mjs";

const SLOT = "*"; // in patterns, stands for every word that is no function word
// An odd number of letters of flags in a row.
const HALF_FLAG = /(?<!\p{RI})(?:\p{RI}{2})*\p{RI}(?!\p{RI})/u;

/** What a model knows of its list, to tell new names from it. */
export class LearnedList {
  /** @param {object} model - the header. @param {object} arrays - arrays by name. */
  constructor(model, arrays) {
    this.known = new HashSet(arrays.known);
    this.near = new HashSet(arrays.near);
    this.familiar = new HashSet(arrays.familiar);
    this.form = model.form;
    this.leavesOutNear = model.minEdits > 1 && this.near.hashes.length > 0;
  }
}

/** Separates wanted names from others, and remembers them. */
export class NoveltyFilter {
  /** @param {LearnedList} list @param {object} wanted - the options of `names`. */
  constructor(list, { novel, minLength, maxLength }) {
    this.list = list;
    this.novel = novel;
    this.given = new Set();
    this.refused = new Set();
    const { form } = list;
    const free = minLength !== undefined || maxLength < form.shortest;
    this.shortest = free ? 1 : form.shortest;
    this.run = new RegExp(`(.)\\1{${Math.min(form.longest_run, 65535)},}`, "su");
    this.patterns = new Set(form.patterns);
    this.functions = new Set(form.patterns.flatMap((pattern) => pattern.split(" ")));
    this.functions.delete(SLOT);
    this.barred = new Map(); // by a character, those that do not follow it
    for (const [befores, afters] of form.barred) {
      for (const before of befores) this.barred.set(before, new Set(afters));
    }
  }

  /** Whether a folded name is wanted, unless it has been given. */
  wants(name) {
    if (this.refused.has(name) || this.given.has(name)) return false;
    if (this.fits(name) && !(this.novel && this.isKnown(name))) return true;
    this.refused.add(name);
    return false;
  }

  /** Note that a folded name was given; it is not wanted a second time. */
  give(name) {
    this.given.add(name);
  }

  /** Whether it is a name of the list, familiar, or a near-copy of one of the list. */
  isKnown(name) {
    const { known, near, familiar, leavesOutNear } = this.list;
    const hash = nameHash(name);
    if (known.has(hash) || familiar.has(hash)) return true;
    if (!leavesOutNear) return false;
    if (nearForms(name).some((form) => near.has(form))) return true;
    const blanks = [...name.matchAll(/ /g)];
    if (blanks.length < 2) return false;
    // A name of the list with one word more, before it or after it.
    const withoutFirst = name.slice(blanks[0].index + 1);
    const withoutLast = name.slice(0, blanks.at(-1).index);
    return [withoutFirst, withoutLast].some((part) => known.has(nameHash(part)));
  }

  /** Whether its characters stand where they may, and flags and brackets are whole. */
  meetsWell(name) {
    let before = " ";
    for (const after of `${name} `) {
      if (this.barred.get(before)?.has(after)) return false;
      before = after;
    }
    if (this.list.form.whole_flags && HALF_FLAG.test(name)) return false;
    if (!this.list.form.balanced) return true;
    const opened = name.match(/[\p{Ps}\p{Pi}]/gu) ?? [];
    const closed = name.match(/[\p{Pe}\p{Pf}]/gu) ?? [];
    return opened.length === closed.length;
  }

  /** Whether it has the form of the list's names. */
  fits(name) {
    const { form } = this.list;
    if (lengthOf(name) < this.shortest || this.run.test(name)) return false;
    if (!this.meetsWell(name)) return false;
    const words = name.split(/\s+/u).filter((word) => word);
    if (words.length < form.fewest_words || words.length > form.most_words) return false;
    const content = words.filter((word) => !this.functions.has(word));
    if (!form.repeats_words && new Set(content).size < content.length) return false;
    if (!this.patterns.size) return true;
    const slots = words.map((word) => (this.functions.has(word) ? word : SLOT));
    return this.patterns.has(slots.join(" "));
  }
}

// When a way to draw names has run out: after `fruitless` tries in a row without a
// name; or when fewer than one in `rare` of a period of tries has given one.
const LAST_WAY = { fruitless: 2 ** 16, period: 2 ** 20, rare: 1000 };
const WITH_ANOTHER_WAY = { fruitless: 2 ** 12, period: 2 ** 14, rare: 20 };
const OF_LIKELIEST = { fruitless: 2 ** 10, period: 2 ** 20, rare: 1000 };
const LONG = 32; // characters of a name that counts as one try

/** Counts tries and the names that they gave, and tells when a way has run out. */
export class TryBudget {
  /**
   * @param {number} least - the fewest characters of a name.
   * @param {boolean} last - whether there is no other way.
   * @param {FreeDrawing|ConstrainedDrawing} drawing - how names are drawn.
   */
  constructor(least, last, { choice, effort }) {
    this.cost = effort * Math.max(Math.floor(least / LONG), 1);
    this.patience = last ? LAST_WAY : WITH_ANOTHER_WAY;
    if (choice.greedy) this.patience = OF_LIKELIEST;
    this.fruitless = 0;
    this.tries = 0; // of this period
    this.names = 0;
    this.exhausted = false;
  }

  record(tries, names) {
    const { fruitless, period, rare } = this.patience;
    this.fruitless = names ? 0 : this.fruitless + tries * this.cost;
    this.exhausted = this.fruitless >= fruitless;
    this.tries += tries;
    this.names += names;
    if (this.tries < period) return;
    this.exhausted ||= this.names * rare < this.tries;
    this.tries = 0;
    this.names = 0;
  }
}
