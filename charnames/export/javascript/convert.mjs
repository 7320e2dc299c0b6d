/** A converter of texts: by networks, mixed with a joint n-gram model if any. */

import { Sums } from "./candidates.mjs";
import { CTCNetwork } from "./ctc.mjs";
import { EncoderDecoder } from "./decoder.mjs";
import { JointNGram } from "./joint.mjs";
import { Spelling } from "./spelling.mjs";

const LEAST_GIVEN = 1e-4; // probability of a target that is given

/** What a module offers of the converter with that header and those arrays. */
export function offer({ header, arrays }) {
  const converter = new Converter(header, arrays);
  return {
    about: converter.about,
    convert: (text, { label } = {}) => converter.convert(text, label),
  };
}

/** The arrays whose names begin with a network's name, without it. */
const weightsOf = (name, arrays) =>
  Object.fromEntries(
    Object.entries(arrays)
      .filter(([full]) => full.startsWith(name))
      .map(([full, array]) => [full.slice(name.length), array]),
  );

class Converter {
  constructor(header, arrays) {
    const { source, target, ngram } = header;
    this.header = header;
    this.longest = arrays.longest;
    this.sourceIds = new Map(source.symbols.map((symbol, i) => [symbol, i + 1]));
    this.spelling = new Spelling(target.spelling);
    this.Network = header.decoder ? EncoderDecoder : CTCNetwork;
    this.networks = header.members.map(
      (name) => new this.Network(header, weightsOf(name, arrays)),
    );
    this.joint = ngram && new JointNGram(arrays, ngram.start);
    this.labels = header.labels.map(([label]) => label);
    this.counts = header.labels.map(([, count]) => count);
    const blend = this.blend(undefined) ?? [];
    const shares = this.labels.map((label, i) => [label, blend[i]]);
    this.about = Object.freeze({
      ...header.about,
      labels: Object.freeze(Object.fromEntries(shares)),
    });
  }

  convert(text, label) {
    const symbols = this.split(text);
    const other = this.sourceIds.size + 1;
    const ids = symbols.map((symbol) => this.sourceIds.get(symbol) ?? other);
    const steps = ids.flatMap((id) => new Array(this.header.repeat).fill(id));
    const most = this.longestTarget(steps.length + 1);
    const { networks, Network } = this;
    let targets = Network.search(networks, steps, most, this.blend(label));
    if (this.joint) targets = this.mixed(targets, this.joint.convert(ids));
    return {
      targets: targets
        .filter(({ probability }, i) => !i || probability >= LEAST_GIVEN)
        .map(({ ids, probability }) => ({ text: this.written(ids), probability })),
      unknown: [...new Set(symbols.filter((symbol) => !this.sourceIds.has(symbol)))],
    };
  }

  /** The symbols of a text: characters, or what blanks part. */
  split(text) {
    const { unit, form } = this.header.source;
    const folded = this.spelling.fold(text);
    if (unit === "blank") return folded.split(/\s+/u).filter((symbol) => symbol);
    return [...folded.normalize(form)];
  }

  /** The shares of labels (K,), of one of them or of all; null without labels. */
  blend(label) {
    if (label !== undefined && !this.labels.includes(label)) {
      const there = this.labels.join(", ") || "none";
      throw new RangeError(`label: ${label} is not there; the labels are ${there}`);
    }
    if (!this.labels.length) return null;
    const counts = this.counts.map((count, i) =>
      label === undefined || label === this.labels[i] ? count : 0,
    );
    const total = counts.reduce((a, b) => a + b);
    return counts.map((count) => count / total);
  }

  /** How many symbols the target of a source of so many steps has at most. */
  longestTarget(steps) {
    const { longest } = this;
    if (steps < longest.length) return longest[steps];
    return Math.ceil((longest.at(-1) * steps) / (longest.length - 1));
  }

  /** The targets of the network and of the n-gram model, by the weight of that. */
  mixed(network, ngram) {
    const { weight } = this.header.ngram;
    const sums = new Sums();
    for (const { ids, probability } of network) sums.add(ids, (1 - weight) * probability);
    for (const { ids, probability } of ngram) sums.add(ids, weight * probability);
    return sums.ranked();
  }

  /** The text of a target, with its letter case. */
  written(ids) {
    const { unit, symbols } = this.header.target;
    const text = ids.map((id) => symbols[id - 1]).join(unit === "blank" ? " " : "");
    return this.spelling.restore([...text.normalize("NFC")]);
  }
}
