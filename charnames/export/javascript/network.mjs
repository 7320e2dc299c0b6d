/** The network of a language model, which reads one symbol at a time. */

import { Affine, Stack } from "./stack.mjs";

export class LanguageModelNetwork {
  /** @param {object} model - the header. @param {object} weights - arrays by name. */
  constructor(model, weights) {
    this.stack = new Stack(model, weights);
    const labels = Array.from({ length: model.K }, (_, label) => label);
    this.labels = labels.map((label) =>
      this.stack.labelInput(labels.map((other) => (other === label ? 1 : 0))),
    );
    const Wya = weights["output.Wya"] ?? weights.embedding; // (V, H)
    this.output = new Affine(Wya, weights["output.by"]);
  }

  /**
   * Read one symbol of each of N names.
   *
   * @param {number[]} symbols - (N,).
   * @param {Float32Array[][]} states - of each name, one array for each layer.
   * @param {number[]} labels - the number of each name's label, 0 without labels.
   * @returns {{logits: Float32Array, states: Float32Array[][]}} logits are (N, V).
   */
  step(symbols, states, labels) {
    const x = this.stack.embedded(symbols);
    if (this.labels.length) {
      const { G } = this.stack;
      labels.forEach((label, n) => {
        this.labels[label].forEach((number, g) => {
          x[n * G + g] += number;
        });
      });
    }
    const { a, states: after } = this.stack.step(x, states);
    return { logits: this.output.of(a), states: after };
  }
}
