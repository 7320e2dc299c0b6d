/** A model of names, exported by charnames. Everything runs where it is imported. */

/** What the file says of its model; all of it is plain text, never markup. */
export interface About {
  readonly task: "generate";
  /** What the list that the model learned was called. */
  readonly title: string;
  /** How many names that list has. */
  readonly names: number;
  /** The letters and signs that names are written with, in order. */
  readonly characters: string;
  /** The labels of the list, each with its share of the names; empty without labels. */
  readonly labels: Readonly<Record<string, number>>;
  /** How the numbers of the network are kept: "float32", "float16" or "int8". */
  readonly precision: string;
  /** The version of charnames that wrote the file. */
  readonly version: string;
  /** The licence that the maker of the file wrote into it; empty without one. */
  readonly license: string;
  /** How the model was made, in a few sentences. */
  readonly origin: string;
  /** What holds where an option is not given. */
  readonly defaults: {
    readonly temperature: number;
    /** The fewest and the most characters of a name. */
    readonly minLength: number;
    readonly maxLength: number;
  };
}

export const about: About;

/** Which names are wanted. Constraints ignore letter case where the list does. */
export interface Wanted {
  /** How many names at most; 10 by default, Infinity for all that there are. */
  count?: number;
  /** How every name begins. */
  prefix?: string;
  /** How every name ends. */
  suffix?: string;
  /** The fewest characters of a name. */
  minLength?: number;
  /** The most characters of a name. */
  maxLength?: number;
  /** 0 to 100: below 1 names are safer, above 1 wilder; 0 is the likeliest alone. */
  temperature?: number;
  /** Above 0, at most 1: the likeliest characters with this probability together. */
  topP?: number;
  /** One of the labels; without one, all labels as often as in the list. */
  label?: string;
  /** Whether names of the list, and copies of them, are left out; true by default. */
  novel?: boolean;
}

/** How probable the model thinks a name. */
export interface Score {
  readonly name: string;
  /** -ln(probability of the name); null if a character is not in the alphabet. */
  readonly nats: number | null;
  /** How many symbols were predicted, the end of the name included. */
  readonly symbols: number;
  /** The first character that is not in the alphabet, or "". */
  readonly unknown: string;
}

export interface Generator {
  /** The seed; the same seed and options give the same names. */
  readonly seed: number | string;
  readonly labels: readonly string[];
  /**
   * Names, one after the other, drawn as they are asked for; all are different. There
   * are fewer than `count` where no more can be found.
   *
   * Throws RangeError at once, with a sentence that a visitor can read, for an option
   * out of range or for constraints that no name can meet.
   */
  names(wanted?: Wanted): IterableIterator<string>;
  /** How probable the model thinks a name, for all labels or for one of them. */
  score(name: string, options?: { label?: string }): Score;
}

/** A generator of names. seed: a whole number or a text; chosen at random without. */
export function generator(options?: { seed?: number | string }): Generator;
