/** A classifier of texts. */

import { NGramClassifier } from "./ngrams.mjs";
import { END, softmax } from "./softmax.mjs";
import { Affine, Stack } from "./stack.mjs";

/** What a module offers of the classifier with that header and those arrays. */
export function offer({ header, arrays }) {
  const classifier = new Classifier(header, arrays);
  return { about: classifier.about, classify: (text) => classifier.classify(text) };
}

class Classifier {
  constructor(header, arrays) {
    this.header = header;
    this.labels = header.labels.map(([label]) => label);
    this.ids = new Map(header.symbols.map((symbol, i) => [symbol, i + 1]));
    this.stack = new Stack(header, arrays);
    this.output = new Affine(arrays["output.Wya"], arrays["output.by"]);
    this.ngrams = header.ngram && new NGramClassifier(header, arrays);
    const total = header.labels.reduce((sum, [, count]) => sum + count, 0);
    const shares = header.labels.map(([label, count]) => [label, count / total]);
    this.about = Object.freeze({
      ...header.about,
      labels: Object.freeze(Object.fromEntries(shares)),
    });
  }

  classify(text) {
    const { ids, unknown } = this.header.unit === "word" ? this.words(text) : this.letters(text);
    const a = this.stack.run(this.stack.embedded([END, ...ids]));
    const logits = this.output.of(this.pooled(a, ids.length + 1));
    const p = softmax(this.ngrams ? this.ngrams.mixed(logits, ids) : logits);
    const best = p.indexOf(Math.max(...p));
    const known = ids.some((id) => id <= this.ids.size);
    return {
      label: known ? this.labels[best] : null,
      probabilities: Object.fromEntries(this.labels.map((label, i) => [label, p[i]])),
      unknown,
    };
  }

  /** The characters of a text that are known, and the others. */
  letters(text) {
    const folded = this.header.case === "keep" ? text : text.toLowerCase();
    const characters = [...folded.normalize("NFC")];
    const others = characters.filter((character) => !this.ids.has(character));
    const ids = characters.map((character) => this.ids.get(character)).filter((id) => id);
    return { ids, unknown: [...new Set(others)].join("") };
  }

  /** The words of a text, each punctuation mark one of them. */
  words(text) {
    const spaced = text.toLowerCase().normalize("NFC").replace(/[\p{P}\p{S}]/gu, " $& ");
    const words = spaced.split(/\s+/u).filter((word) => word);
    const other = this.ids.size + 1;
    return { ids: words.map((word) => this.ids.get(word) ?? other), unknown: "" };
  }

  /** The states of all steps (T, D) as one vector, (D,). */
  pooled(a, T) {
    const { pooling, bidirectional, sizes } = this.header;
    const D = a.length / T;
    const p = new Float32Array(D);
    if (pooling === "last") {
      const H = sizes.at(-1);
      p.set(a.subarray((T - 1) * D, (T - 1) * D + H));
      if (bidirectional) p.set(a.subarray(H, D), H); // it ends at the first step
      return p;
    }
    if (pooling === "max") p.fill(-Infinity);
    for (let i = 0; i < a.length; i++) {
      const d = i % D;
      p[d] = pooling === "max" ? Math.max(p[d], a[i]) : p[d] + a[i] / T;
    }
    return p;
  }
}
