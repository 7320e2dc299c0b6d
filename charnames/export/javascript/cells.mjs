/** The recurrent cells: RNN, GRU and LSTM. */

import { sigmoid, tanh } from "./activations.mjs";
import { Matrix } from "./matrix.mjs";

/** The gates of each cell, and the arrays that a step passes on. */
const CELLS = {
  rnn: { gates: 1, states: 1, step: stepRNN },
  gru: { gates: 3, states: 1, step: stepGRU },
  lstm: { gates: 4, states: 2, step: stepLSTM },
};

/**
 * The cell of a layer, or of one of its two directions. Its state is H numbers a, and for LSTM H numbers c after
 * them.
 */
export class Cell {
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
