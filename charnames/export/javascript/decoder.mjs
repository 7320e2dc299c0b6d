/** An encoder-decoder: reads a source, and writes a target by beam search. */

import { BEAM, highest, ranked } from "./candidates.mjs";
import { Matrix } from "./matrix.mjs";
import { END, softmax } from "./softmax.mjs";
import { addToRows, Affine, Stack } from "./stack.mjs";

export class EncoderDecoder {
  /** @param {object} header @param {Object<string, Float32Array>} weights - by name. */
  constructor({ encoder, decoder, readout, attention }, weights) {
    this.encoder = new Stack(encoder, weights, "encoder.");
    this.decoder = new Stack(decoder, weights, "decoder.");
    this.readout = new Stack(readout, weights, "readout.");
    this.bridge = new Affine(weights["bridge.Wap"], weights["bridge.ba"]);
    this.output = new Affine(weights["output.Wya"], weights["output.by"]);
    this.attention = attention;
    this.V = decoder.V;
    this.H = decoder.sizes.at(-1);
    const Wha = weights["attention.Wha"]; // (H, E)
    if (Wha) this.query = new Matrix(transposed(Wha, this.H), Wha.length / this.H);
    this.half = encoder.bidirectional ? encoder.sizes.at(-1) : 0;
  }

  /** What is read of a source: its steps h (S, E), the whole p (E,), first states. */
  encode(ids, blend) {
    const x = this.encoder.embedded([END, ...ids]);
    if (blend) addToRows(x, this.encoder.labelInput(blend));
    const h = this.encoder.run(x);
    const E = h.length / (ids.length + 1);
    const p = h.slice(h.length - E);
    // The cell that reads from the end has ended at the first step.
    if (this.half) p.set(h.subarray(this.half, E), this.half);
    const a0 = this.bridge.of(p).map(Math.tanh);
    let end = 0;
    const start = this.decoder.zero.map(({ length }) => {
      end += length;
      return a0.slice(end - length, end);
    });
    const labels = blend && this.decoder.labelInput(blend);
    return { h, p, E, S: ids.length + 1, start, labels };
  }

  /**
   * One symbol further for each of some beginnings.
   *
   * @returns {{p: Float64Array[], memories: object[]}} the probabilities of the next
   *   symbols, (V,) for each, and what to go on with.
   */
  step(symbols, memories, source) {
    const x = this.decoder.embedded(symbols);
    if (source.labels) addToRows(x, source.labels);
    const decoder = this.decoder.step(x, memories.map((memory) => memory.decoder));
    const { E } = source;
    const width = this.H + E;
    const joined = new Float32Array(symbols.length * width);
    symbols.forEach((_, n) => {
      const s = decoder.a.subarray(n * this.H, (n + 1) * this.H);
      joined.set(s, n * width);
      joined.set(this.context(s, source), n * width + this.H);
    });
    const [input] = this.readout.inputs;
    const readout = this.readout.step(
      input.of(joined),
      memories.map((memory) => memory.readout),
    );
    const logits = this.output.of(readout.a);
    return {
      p: symbols.map((_, n) => softmax(logits.subarray(n * this.V, (n + 1) * this.V))),
      memories: symbols.map((_, n) => ({
        decoder: decoder.states[n],
        readout: readout.states[n],
      })),
    };
  }

  /** The mean of the source's steps, weighted by how well each fits s (H,); (E,). */
  context(s, { h, p, E, S }) {
    if (this.attention === "none") return p;
    const q = this.query ? this.query.times(s) : s.map((number) => number / this.H ** 0.5);
    const scores = new Float32Array(S);
    for (let i = 0; i < h.length; i++) scores[Math.floor(i / E)] += h[i] * q[i % E];
    const alpha = softmax(scores);
    const c = new Float32Array(E);
    for (let i = 0; i < h.length; i++) c[i % E] += alpha[Math.floor(i / E)] * h[i];
    return c;
  }

  /** Where a target starts from. */
  start(source) {
    return { decoder: source.start, readout: this.readout.zero };
  }

  /**
   * The likeliest targets: of all beginnings with equally many symbols, BEAM go on. It
   * ends when so many targets are likelier than every beginning that is left. What
   * several networks predict is averaged at every symbol.
   */
  static search(networks, ids, longest, blend) {
    const sources = networks.map((network) => network.encode(ids, blend));
    const [{ V }] = networks;
    let beam = [{ ids: [], score: 0, symbol: END }];
    let memories = [networks.map((network, k) => network.start(sources[k]))];
    const ended = [];
    for (let length = 0; length <= longest; length++) {
      const symbols = beam.map(({ symbol }) => symbol);
      const steps = networks.map((network, k) =>
        network.step(symbols, memories.map((memory) => memory[k]), sources[k]),
      );
      const totals = new Float64Array(beam.length * V);
      beam.forEach((beginning, n) => {
        const p = mean(steps.map((step) => step.p[n]));
        const scores = p.map((share) => beginning.score + Math.log(share));
        ended.push({ ids: beginning.ids, score: scores[END] });
        scores[END] = -Infinity;
        totals.set(scores, n * V);
      });
      const next = highest(totals, BEAM).map((place) => {
        const parent = Math.floor(place / V);
        const symbol = place % V;
        const ids = [...beam[parent].ids, symbol];
        return { ids, score: totals[place], symbol, memory: steps.map(({ memories }) => memories[parent]) };
      });
      beam = next.filter(({ score }) => score > -Infinity);
      memories = beam.map(({ memory }) => memory);
      ended.sort((a, b) => b.score - a.score);
      ended.splice(BEAM);
      if (!beam.length || (ended.length === BEAM && beam[0].score <= ended.at(-1).score)) {
        break;
      }
    }
    return ranked(
      ended.map(({ ids, score }) => ({ ids, probability: Math.exp(score) })),
    );
  }
}

/** The mean of arrays of one length. */
const mean = (parts) =>
  parts[0].map((_, i) => parts.reduce((sum, part) => sum + part[i], 0) / parts.length);

/** W (rows, D) -> (D, rows). */
function transposed(W, rows) {
  const D = W.length / rows;
  return Float32Array.from(W, (_, i) => W[(i % rows) * D + Math.floor(i / rows)]);
}
