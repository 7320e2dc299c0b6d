/** A classifier, exported by charnames. Everything runs where it is imported. */

/** What the file says of its model; all of it is plain text, never markup. */
export interface About {
  readonly task: "classify";
  /** What the list that the model learned was called. */
  readonly title: string;
  /** How many examples that list has. */
  readonly names: number;
  /** The labels of the list, each with its share of the examples. */
  readonly labels: Readonly<Record<string, number>>;
  /** How the numbers of the network are kept: "float32", "float16" or "int8". */
  readonly precision: string;
  /** The version of charnames that wrote the file. */
  readonly version: string;
  /** The licence that the maker of the file wrote into it; empty without one. */
  readonly license: string;
  /** How the model was made, in a few sentences. */
  readonly origin: string;
}

export const about: About;

/** What a classifier tells of a text. */
export interface Classified {
  /** The most probable label, or null where nothing of the text is known. */
  readonly label: string | null;
  /** The probability of each label. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** The characters of the text that were left out, each once. */
  readonly unknown: string;
}

/** The label of a text. */
export function classify(text: string): Classified;
