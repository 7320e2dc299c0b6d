/** Matrix products, in which nearly all of the time goes. */

import { allocate, COLUMNS, engine, numbersAt, ROWS } from "./simd.mjs";

const MOST_ROWS = 64; // of X that are multiplied side by side

let scratch = { x: 0, y: 0, sizeX: 0, sizeY: 0 };

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
    this.width = Math.ceil(G / COLUMNS) * COLUMNS;
    this.place = allocate(this.width * H);
    const arranged = numbersAt(this.place, this.width * H);
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
    const many = engine ? MOST_ROWS : 1;
    for (let n = 0; n < N; n += many) {
      if (engine) this.someRows(X, Y, n, Math.min(many, N - n));
      else this.oneRow(X, Y, n);
    }
    return Y;
  }

  /** At most MOST_ROWS rows, from row n on, in WebAssembly. */
  someRows(X, Y, n, count) {
    const { G, H, place, width } = this;
    const blocks = Math.ceil(count / ROWS);
    reserve(MOST_ROWS * H, MOST_ROWS * width);
    const x = numbersAt(scratch.x, blocks * ROWS * H);
    for (let row = 0; row < blocks * ROWS; row++) {
      const start = (row - (row % ROWS)) * H + (row % ROWS);
      const from = (n + row) * H;
      for (let h = 0; h < H; h++) x[start + h * ROWS] = row < count ? X[from + h] : 0;
    }
    const xEnd = scratch.x + x.byteLength;
    const size = 4 * COLUMNS * H; // of so many rows of W, in bytes
    for (let first = 0; first < width; first += COLUMNS) {
      const w = place + (first / COLUMNS) * size;
      engine.multiply(scratch.x, xEnd, w, w + size, scratch.y + 4 * first, 4 * width);
    }
    const y = numbersAt(scratch.y, count * width);
    if (width === G) Y.set(y, n * G);
    else for (let row = 0; row < count; row++) {
      Y.set(y.subarray(row * width, row * width + G), (n + row) * G);
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
