/** What every network has: an input layer, and layers of cells on top of it. */

import { Cell } from "./cells.mjs";
import { Matrix } from "./matrix.mjs";

/** y = W v + b. */
export class Affine {
  /** @param {Float32Array} W - (G, D). @param {Float32Array} b - (G,). */
  constructor(W, b) {
    this.W = new Matrix(W, b.length);
    this.b = b;
  }

  /** Rows v (N, D) -> rows y (N, G). */
  of(v) {
    const y = this.W.times(v);
    addToRows(y, this.b);
    return y;
  }
}

export class Stack {
  /**
   * @param {object} shape - its cell, its sizes, and V symbols, 0 where it reads numbers;
   *   whether it is bidirectional: then each layer has a second cell, which reads
   *   sequences from their end.
   * @param {Object<string, Float32Array>} weights - by name.
   * @param {string} prefix - of the names of its weights.
   */
  constructor({ cell, sizes, V, bidirectional }, weights, prefix = "") {
    const ends = bidirectional ? ["", ".reverse"] : [""];
    this.layers = sizes.map((H, i) =>
      ends.map((end) => new Cell(weights, cell, `${prefix}layer${i}${end}`, H)),
    );
    this.inputs = sizes.map((_, i) => {
      const part = (name) => weights[`${prefix}layer${i}.${name}`];
      return i || !V ? new Affine(part("Wax"), part("b")) : null;
    });
    this.table = V ? inputTable(weights, prefix, V) : null; // (V, G)
    this.G = weights[`${prefix}layer0.b`].length;
    this.Wlx = weights[`${prefix}layer0.Wlx`]; // (G, K), of labels
    this.zero = this.layers.map(([{ stateSize }]) => new Float32Array(stateSize));
  }

  /** The input of the lowest layer for symbols (N,), (N, G). */
  embedded(symbols) {
    const { table, G } = this;
    const x = new Float32Array(symbols.length * G);
    symbols.forEach((s, n) => x.set(table.subarray(s * G, (s + 1) * G), n * G));
    return x;
  }

  /** What a blend of labels (K,) adds to that input at every step, (G,). */
  labelInput(blend) {
    const { Wlx, G } = this;
    const added = new Float32Array(G);
    for (let g = 0; g < G; g++) {
      blend.forEach((share, k) => {
        added[g] += Wlx[g * blend.length + k] * share;
      });
    }
    return added;
  }

  /**
   * One step of N sequences, from their states: arrays for each layer.
   *
   * @param {Float32Array} x - (N, G), the input of the lowest layer.
   * @returns {{a: Float32Array, states: Float32Array[][]}} the output of the topmost
   *   layer, (N, H), and the states after the step.
   */
  step(x, states) {
    const N = states.length;
    const after = states.map(() => []);
    let a;
    this.layers.forEach(([cell], i) => {
      const size = cell.stateSize;
      if (i) x = this.inputs[i].of(a);
      const before = new Float32Array(N * size);
      states.forEach((state, n) => before.set(state[i], n * size));
      const rows = cell.step(x, before, N);
      for (let n = 0; n < N; n++) after[n].push(rows.subarray(n * size, (n + 1) * size));
      a = cell.outputs(rows, N);
    });
    return { a, states: after };
  }

  /**
   * All T steps of a sequence.
   *
   * @param {Float32Array} x - (T, G), the input of the lowest layer.
   * @returns {Float32Array} the output of the topmost layer, (T, D): in bidirectional
   *   networks the states of both cells side by side.
   */
  run(x) {
    let a;
    this.layers.forEach((cells, i) => {
      if (i) x = this.inputs[i].of(a);
      const G = cells.length * cells[0].G;
      const T = x.length / G;
      const D = cells.length * cells[0].H;
      a = new Float32Array(T * D);
      cells.forEach((cell, direction) => {
        let state = this.zero[i];
        for (let step = 0; step < T; step++) {
          const t = direction ? T - 1 - step : step;
          const start = t * G + direction * cell.G;
          state = cell.step(x.subarray(start, start + cell.G), state, 1);
          a.set(state.subarray(0, cell.H), t * D + direction * cell.H);
        }
      });
    });
    return a;
  }
}

/** Wax e + b for each symbol, where e is its embedding, or one-hot, (V, G). */
function inputTable(weights, prefix, V) {
  const b = weights[`${prefix}layer0.b`];
  const Wax = weights[`${prefix}layer0.Wax`];
  const E = weights[`${prefix}embedding`];
  const G = b.length;
  if (E) return new Affine(Wax, b).of(E);
  const table = new Float32Array(V * G);
  // The end marker, symbol 0, is the zero vector.
  for (let s = 1; s < V; s++) {
    for (let g = 0; g < G; g++) table[s * G + g] = Wax[g * V + s];
  }
  addToRows(table, b);
  return table;
}

/** Add b (G,) to each row of x (N, G). */
export function addToRows(x, b) {
  for (let start = 0; start < x.length; start += b.length) {
    for (let i = 0; i < b.length; i++) x[start + i] += b[i];
  }
}
