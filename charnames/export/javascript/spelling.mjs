/** Symbols of names <-> texts: the alphabet, and the letter case of the list. */

const KEEP = "keep"; // the style of lists whose letters stay as they are
const UPPER = "upper";
const CAPITALISED = "capitalised";
const TITLE = "title";

// In titles these stand in lower case, unless they begin the title or a part of it.
const SMALL_WORDS = new Set(
  "a an and as at but by for from in into nor of on or per the to vs. with".split(" "),
);
const WORD = /(?<![\p{L}\p{N}_])[\p{L}\p{Nl}\p{No}][^\s\-–—/&.:(·]*\.?/gu;
const ENDS_PART = new Set(":-–—(/?!");

/** How many characters a text has; not UTF-16 units. */
export const lengthOf = (text) => [...text].length;

/** How a model spells names. */
export class Spelling {
  /** @param {object} spelling - that of the header. */
  constructor({ case: style, small, symbols, marked, keys, capitals }) {
    this.style = style;
    this.smallWords = new Set(small); // of the list, beside those of all titles
    this.symbols = symbols; // of ids 1, 2, ...
    this.mark = marked ? 1 : 0; // the id of the mark of letter case, 0 for none
    this.ids = new Map(symbols.map((character, i) => [character, i + 1]));
    this.keys = ["", ...keys];
    this.capital = new Map(symbols.map((character, i) => [character, capitals[i]]));
    this.small = new Map(symbols.map((character, i) => [capitals[i], character]));
    this.composes = symbols.some((c) => /[\p{M}\u1160-\u11ff]/u.test(c));
  }

  /** The characters that names are written with. */
  get characters() {
    return this.symbols.slice(this.mark).join("");
  }

  /** What whole names are compared by. */
  fold(name) {
    const folded = this.style === KEEP ? name : name.toLowerCase();
    return folded.normalize("NFC");
  }

  /** The symbols that spell a name, with marks where the style would write another case. */
  encode(name) {
    const characters = [...name.normalize("NFC")];
    if (this.style === KEEP) return characters;
    const small = characters.map((c) => this.small.get(c) ?? smallOf(c));
    if (!this.mark) return small;
    const restored = [...this.byStyle(small.join(""))];
    const mark = this.symbols[0];
    return small.flatMap((symbol, i) =>
      restored[i] === characters[i] ? [symbol] : [mark, symbol],
    );
  }

  /** The name that ids spell, composed, with the case of the list. */
  decode(ids) {
    return this.restore(ids.map((id) => this.symbols[id - 1])).normalize("NFC").trimEnd();
  }

  /** Whether those ids are the ones that the name which they spell is encoded as. */
  isExact(ids) {
    if (!this.composes) return true;
    const name = this.restore(ids.map((id) => this.symbols[id - 1]));
    return name === name.normalize("NFC");
  }

  /** Symbols with their letter case put back, not composed. */
  restore(symbols) {
    if (this.style === KEEP) return symbols.join("");
    const mark = this.mark ? this.symbols[0] : null;
    const unmarked = symbols.filter((symbol) => symbol !== mark);
    const name = this.byStyle(unmarked.join(""));
    if (unmarked.length === symbols.length) return name;
    const letters = [...name];
    let place = 0;
    for (const symbol of symbols) {
      if (symbol !== mark) place += 1;
      else if (place < letters.length) letters[place] = this.otherCase(letters[place]);
    }
    return letters.join("");
  }

  /** A name in small letters, as the style writes it. */
  byStyle(name) {
    if (this.style === UPPER) return [...name].map((c) => this.capitalOf(c)).join("");
    if (this.style === CAPITALISED) return this.capitalised(name);
    if (this.style === TITLE) return this.title(name);
    return name;
  }

  title(name) {
    let first = true;
    return name.replace(WORD, (word, start) => {
      const before = name.slice(0, start).replace(/ +$/, "");
      const beginsPart = first || ENDS_PART.has(before.slice(-1));
      first = false;
      if (this.smallWords.has(word)) return word;
      return SMALL_WORDS.has(word) && !beginsPart ? word : this.capitalised(word);
    });
  }

  capitalised(text) {
    const [first = ""] = text;
    return this.capitalOf(first) + text.slice(first.length);
  }

  capitalOf(character) {
    return this.capital.get(character) ?? capitalOf(character);
  }

  otherCase(letter) {
    const small = this.small.get(letter) ?? letter;
    return small === letter ? this.capitalOf(letter) : small;
  }

  /**
   * The keys of the symbols that spell a character of a constraint: all cases of a
   * letter have one key where the list's case is folded. Empty where nothing spells it.
   */
  spelt(character) {
    const spellings = [character];
    if (this.style !== KEEP) spellings.push(character.toLowerCase());
    if (this.style === UPPER) spellings.push(character.toUpperCase());
    for (const spelling of spellings) {
      const keys = [...spelling.normalize("NFC")].map((c) => this.keyOf(c));
      if (keys.every((key) => key)) return keys;
    }
    return [];
  }

  /** The key of a character, "" where no symbol has it. */
  keyOf(character) {
    const id = this.ids.get(character) ?? this.ids.get(this.small.get(character));
    if (id && id !== this.mark) return this.keys[id];
    const key = this.style === KEEP ? character : smallOf(character);
    return this.keys.indexOf(key, this.mark + 1) > 0 ? key : "";
  }
}

/** The capital of a small letter that has just this one; else the character itself. */
function capitalOf(character) {
  const capital = character.toUpperCase();
  const paired = lengthOf(capital) === 1 && capital.toLowerCase() === character;
  return paired ? capital : character;
}

/** The small letter of a capital that has just this one; else the character itself. */
function smallOf(character) {
  const small = character.toLowerCase();
  const paired = lengthOf(small) === 1 && small.toUpperCase() === character;
  return paired ? small : character;
}
