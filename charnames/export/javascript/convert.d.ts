/** A converter, exported by charnames. Everything runs where it is imported. */

/** What the file says of its model; all of it is plain text, never markup. */
export interface About {
  readonly task: "convert";
  /** What the list that the model learned was called. */
  readonly title: string;
  /** How many pairs that list has. */
  readonly names: number;
  /** The labels of the list, each with its share of the pairs; empty without labels. */
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

/** What a text becomes. */
export interface Converted {
  readonly text: string;
  readonly probability: number;
}

/** All that a text may become, the likeliest first, and what of it is not known. */
export interface Conversion {
  readonly targets: readonly Converted[];
  /** The symbols of the text that the model does not know, each once. */
  readonly unknown: readonly string[];
}

/**
 * What a text becomes. label: for a converter that learned labels; without one, every
 * label counts by its share. Throws RangeError for a label that there is not.
 */
export function convert(text: string, options?: { label?: string }): Conversion;
