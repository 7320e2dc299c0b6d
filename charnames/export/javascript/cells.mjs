/** The recurrent cells: RNN, GRU and LSTM. */

import { roomFor, tanhOf } from "./activations.mjs";
import { Matrix } from "./matrix.mjs";

/** The gates of each cell, and the arrays that a step passes on. */
const CELLS = {
  rnn: { gates: 1, states: 1, step: stepRNN },
  gru: { gates: 3, states: 1, step: stepGRU },
  lstm: { gates: 4, states: 2, step: stepLSTM },
};

/**
 * The cell of a layer, or of one of its two directions. Its state is H numbers a, and
 * for LSTM H numbers c after them.
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
    const u = this.Waa.times(this.outputs(before, N));
    const after = new Float32Array(N * this.stateSize);
    this.cell.step(this, x, u, before, after, N);
    return after;
  }

  /** What states (N, stateSize) hand up, (N, H). */
  outputs(states, N) {
    const { H, stateSize } = this;
    if (stateSize === H) return states;
    const a = new Float32Array(N * H);
    for (let n = 0; n < N; n++) {
      a.set(states.subarray(n * stateSize, n * stateSize + H), n * H);
    }
    return a;
  }
}

function stepRNN({ H }, x, u, before, after, N) {
  const room = roomFor(H);
  for (let n = 0; n < N; n++) {
    for (let h = 0; h < H; h++) room[h] = x[n * H + h] + u[n * H + h];
    tanhOf(room);
    after.set(room, n * H);
  }
}

// The gates are sigmoid(x) = 0.5 tanh(x / 2) + 0.5.

function stepGRU({ H, G, c }, x, u, before, after, N) {
  const room = roomFor(G);
  const gates = room.subarray(0, 2 * H);
  const candidate = room.subarray(2 * H);
  for (let n = 0; n < N; n++) {
    const row = n * G;
    for (let i = 0; i < 2 * H; i++) gates[i] = 0.5 * (x[row + i] + u[row + i]);
    tanhOf(gates);
    for (let h = 0; h < H; h++) {
      const reset = 0.5 * gates[h] + 0.5;
      const i = row + 2 * H + h;
      candidate[h] = x[i] + reset * (u[i] + c[h]);
    }
    tanhOf(candidate);
    for (let h = 0; h < H; h++) {
      const update = 0.5 * gates[H + h] + 0.5;
      const m = candidate[h];
      after[n * H + h] = m + update * (before[n * H + h] - m);
    }
  }
}

function stepLSTM({ H, G }, x, u, before, after, N) {
  const room = roomFor(G + H);
  const gates = room.subarray(0, G);
  const c = room.subarray(G);
  for (let n = 0; n < N; n++) {
    for (let i = 0; i < G; i++) {
      const scale = i >= 2 * H && i < 3 * H ? 1 : 0.5; // the candidate is no gate
      gates[i] = scale * (x[n * G + i] + u[n * G + i]);
    }
    tanhOf(gates);
    const a = 2 * n * H;
    for (let h = 0; h < H; h++) {
      const input = 0.5 * gates[h] + 0.5;
      const forget = 0.5 * gates[H + h] + 0.5;
      c[h] = forget * before[a + H + h] + input * gates[2 * H + h];
    }
    after.set(c, a + H);
    tanhOf(c);
    for (let h = 0; h < H; h++) {
      const output = 0.5 * gates[3 * H + h] + 0.5;
      after[a + h] = output * c[h];
    }
  }
}
