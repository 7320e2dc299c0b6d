/** Matrix products, in which nearly all of the time goes. */

import { COLUMNS, ROWS, simd } from "./simd.mjs";

const PAGE = 2 ** 16; // bytes by which the memory of WebAssembly grows

const engine = simd();
let allocated = 0; // bytes of that memory
let scratch = { x: 0, y: 0, sizeX: 0, sizeY: 0 };

/** The place of so many numbers in that memory, from now on. */
function allocate(count) {
  const place = allocated;
  allocated += 4 * Math.ceil(count / 4) * 4;
  const missing = allocated - engine.memory.buffer.byteLength;
  if (missing > 0) engine.memory.grow(Math.ceil(missing / PAGE));
  return place;
}

/** The numbers at a place; only until the memory grows. */
const numbersAt = (place, count) => new Float32Array(engine.memory.buffer, place, count);

/** A matrix W (G, H), by which rows are multiplied. */
export class Matrix {
  /** @param {Float32Array} W @param {number} G */
  constructor(W, G) {
    this.G = G;
    this.H = W.length / G;
    this.W = W;
    if (engine) this.arrange();
  }

  /** Put W into memory as (G / COLUMNS, H, COLUMNS), with zeros where G ends. */
  arrange() {
    const { W, G, H } = this;
    this.groups = Math.ceil(G / COLUMNS);
    const count = this.groups * COLUMNS * H;
    this.place = allocate(count);
    this.end = this.place + 4 * count;
    const arranged = numbersAt(this.place, count);
    for (let g = 0; g < G; g++) {
      const start = Math.floor(g / COLUMNS) * COLUMNS * H + (g % COLUMNS);
      for (let h = 0; h < H; h++) arranged[start + h * COLUMNS] = W[g * H + h];
    }
    this.W = null;
  }

  /**
   * Y = X Wᵀ: each row of X times each row of W.
   *
   * @param {Float32Array} X - (N, H).
   * @returns {Float32Array} (N, G).
   */
  times(X) {
    const N = X.length / this.H;
    const Y = new Float32Array(N * this.G);
    for (let n = 0; n < N; n += ROWS) {
      if (engine) this.fewRows(X, Y, n, Math.min(ROWS, N - n));
      else for (let row = n; row < Math.min(n + ROWS, N); row++) this.oneRow(X, Y, row);
    }
    return Y;
  }

  /** At most ROWS rows, from row n on, in WebAssembly. */
  fewRows(X, Y, n, count) {
    const { G, H, groups } = this;
    reserve(ROWS * H, ROWS * COLUMNS * groups);
    const x = numbersAt(scratch.x, ROWS * H);
    for (let row = 0; row < ROWS; row++) {
      const start = (n + row) * H;
      for (let h = 0; h < H; h++) x[h * ROWS + row] = row < count ? X[start + h] : 0;
    }
    const xEnd = scratch.x + 4 * ROWS * H;
    engine.multiply(this.place, this.end, scratch.x, xEnd, scratch.y);
    const y = numbersAt(scratch.y, ROWS * COLUMNS * groups);
    for (let row = 0; row < count; row++) {
      for (let g = 0; g < G; g++) {
        const group = Math.floor(g / COLUMNS);
        Y[(n + row) * G + g] = y[(group * ROWS + row) * COLUMNS + (g % COLUMNS)];
      }
    }
  }

  /** The same of one row without WebAssembly, with the same roundings. */
  oneRow(X, Y, n) {
    const { W, G, H } = this;
    for (let g = 0; g < G; g++) {
      let sum = 0;
      for (let h = 0; h < H; h++) {
        const term = Math.fround(W[g * H + h] * X[n * H + h]);
        sum = Math.fround(sum + term);
      }
      Y[n * G + g] = sum;
    }
  }
}

/** See that there is room for so many numbers of X and of Y. */
function reserve(sizeX, sizeY) {
  if (scratch.sizeX < sizeX) scratch = { ...scratch, x: allocate(sizeX), sizeX };
  if (scratch.sizeY < sizeY) scratch = { ...scratch, y: allocate(sizeY), sizeY };
}
