/** A recurrent network: layers of cells, and the logits of the next symbol. */

import { sigmoid, tanh } from "./activations.mjs";
import { Matrix } from "./matrix.mjs";

/** The gates of each cell, and the arrays that a step passes on. */
const CELLS = {
  rnn: { gates: 1, states: 1, step: stepRNN },
  gru: { gates: 3, states: 1, step: stepGRU },
  lstm: { gates: 4, states: 2, step: stepLSTM },
};

/**
 * One direction of one layer. Its state is H numbers a, and for LSTM H numbers c after
 * them.
 */
export class Layer {
  /**
   * @param {Object<string, Float32Array>} weights - of the whole network.
   * @param {string} kind - "rnn", "gru" or "lstm".
   * @param {string} name - such as "layer0" or "layer0.reverse".
   * @param {number} H - hidden units.
   */
  constructor(weights, kind, name, H) {
    this.cell = CELLS[kind];
    this.H = H;
    this.G = this.cell.gates * H;
    this.Waa = new Matrix(weights[`${name}.Waa`], this.G); // (G, H)
    this.c = weights[`${name}.c`]; // (H,), of GRU
    this.stateSize = this.cell.states * H;
  }

  /**
   * One step of N sequences.
   *
   * @param {Float32Array} x - (N, G), the input from below.
   * @param {Float32Array} before - (N, stateSize).
   * @param {number} N
   * @returns {Float32Array} the states after the step, (N, stateSize).
   */
  step(x, before, N) {
    const { H, stateSize } = this;
    let a = before;
    if (stateSize !== H) {
      a = new Float32Array(N * H);
      for (let n = 0; n < N; n++) {
        a.set(before.subarray(n * stateSize, n * stateSize + H), n * H);
      }
    }
    const u = this.Waa.times(a);
    const after = new Float32Array(N * stateSize);
    for (let n = 0; n < N; n++) {
      this.cell.step(this, x, u, before, after, n);
    }
    return after;
  }
}

function stepRNN({ H }, x, u, before, after, n) {
  for (let i = n * H; i < (n + 1) * H; i++) after[i] = tanh(x[i] + u[i]);
}

function stepGRU({ H, G, c }, x, u, before, after, n) {
  for (let h = 0; h < H; h++) {
    const reset = n * G + h;
    const update = reset + H;
    const candidate = update + H;
    const r = sigmoid(x[reset] + u[reset]);
    const z = sigmoid(x[update] + u[update]);
    const m = tanh(x[candidate] + r * (u[candidate] + c[h]));
    after[n * H + h] = m + z * (before[n * H + h] - m);
  }
}

function stepLSTM({ H, G }, x, u, before, after, n) {
  for (let h = 0; h < H; h++) {
    const g = n * G + h;
    const a = 2 * n * H + h;
    const i = sigmoid(x[g] + u[g]);
    const f = sigmoid(x[g + H] + u[g + H]);
    const cell = tanh(x[g + 2 * H] + u[g + 2 * H]);
    const o = sigmoid(x[g + 3 * H] + u[g + 3 * H]);
    const c = f * before[a + H] + i * cell;
    after[a + H] = c;
    after[a] = o * tanh(c);
  }
}

/**
 * The input of the lowest layer for each symbol: Wax e + b, where e is its embedding,
 * or one-hot.
 *
 * @returns {Float32Array} (V, G).
 */
export function inputTable(weights, prefix, V) {
  const b = weights[`${prefix}layer0.b`];
  const Wax = weights[`${prefix}layer0.Wax`];
  const E = weights[`${prefix}embedding`];
  const G = b.length;
  let table = new Float32Array(V * G);
  if (E) {
    table = new Matrix(Wax, G).times(E);
  } else {
    // The end marker, symbol 0, is the zero vector.
    for (let s = 1; s < V; s++) {
      for (let g = 0; g < G; g++) table[s * G + g] = Wax[g * V + s];
    }
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

/** Rows (N, G) of a table for the symbols (N,). */
export function rowsOf(table, symbols, G) {
  const x = new Float32Array(symbols.length * G);
  symbols.forEach((s, n) => x.set(table.subarray(s * G, (s + 1) * G), n * G));
  return x;
}

/** What each label adds to the input of the lowest layer, (K, G). */
export function labelTable(weights, prefix, K) {
  const Wlx = weights[`${prefix}layer0.Wlx`]; // (G, K)
  const G = K ? Wlx.length / K : 0;
  const table = new Float32Array(K * G);
  for (let i = 0; i < table.length; i++) {
    table[i] = Wlx[(i % G) * K + Math.floor(i / G)];
  }
  return table;
}

/** The network of a language model, which reads one symbol at a time. */
export class LanguageModelNetwork {
  /** @param {object} model - the header. @param {object} weights - arrays by name. */
  constructor({ cell, sizes, V, K }, weights) {
    this.V = V;
    this.layers = sizes.map((H, i) => new Layer(weights, cell, `layer${i}`, H));
    this.inputs = sizes.map((_, i) => ({
      Wax: i ? new Matrix(weights[`layer${i}.Wax`], this.layers[i].G) : null,
      b: weights[`layer${i}.b`],
    }));
    this.table = inputTable(weights, "", V);
    this.labels = labelTable(weights, "", K);
    this.Wya = new Matrix(weights["output.Wya"] ?? weights.embedding, V); // (V, H)
    this.by = weights["output.by"];
    this.zero = this.layers.map((layer) => new Float32Array(layer.stateSize));
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
    const N = symbols.length;
    const after = symbols.map(() => []);
    let x = rowsOf(this.table, symbols, this.layers[0].G);
    if (this.labels.length) {
      const added = rowsOf(this.labels, labels, this.layers[0].G);
      for (let i = 0; i < x.length; i++) x[i] += added[i];
    }
    let a;
    this.layers.forEach((layer, i) => {
      const size = layer.stateSize;
      if (i) {
        x = this.inputs[i].Wax.times(a);
        addToRows(x, this.inputs[i].b);
      }
      const before = new Float32Array(N * size);
      states.forEach((state, n) => before.set(state[i], n * size));
      const rows = layer.step(x, before, N);
      a = new Float32Array(N * layer.H);
      for (let n = 0; n < N; n++) {
        const row = rows.slice(n * size, (n + 1) * size);
        after[n].push(row);
        a.set(row.subarray(0, layer.H), n * layer.H);
      }
    });
    const logits = this.Wya.times(a);
    addToRows(logits, this.by);
    return { logits, states: after };
  }
}
