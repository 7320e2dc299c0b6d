/** The inner loops of the network in WebAssembly, and the memory that they work on. */

import {
  advance, advanceBy, binary, CLOSE, get, HIGHER, LESS, load, loadIntoAllFour, LOOP, LOWER, MINUS,
  OVER, PLUS, PLUS_WHOLE, REPEAT_IF, set, shiftLeft, store, TIMES, vector, wholeVector,
} from "./wasm.mjs";

export const ROWS = 4; // rows of X that are multiplied side by side
export const COLUMNS = 8; // rows of W
const PAGE = 2 ** 16; // bytes by which the memory grows

/**
 * The function (x, xEnd, w, wEnd, y, stride), where all but the stride are places in
 * memory: the product of N rows of X, arranged as (N / ROWS, H, ROWS), and COLUMNS rows
 * of W, arranged as (H, COLUMNS). The rows of the result are so many bytes apart as the
 * stride says. A few rows of W stay in the cache while all of X passes.
 */
function product() {
  const [x, xEnd, w, wEnd, y, stride] = [0, 1, 2, 3, 4, 5];
  const [at, weights, number, sums] = [6, 7, 9, 10];
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const parts = rows.flatMap((row) => [
    { row, half: 0, sum: sums + 2 * row },
    { row, half: 1, sum: sums + 2 * row + 1 },
  ]);
  const multiply = ({ row, half, sum }) => [
    ...(half ? [] : [...loadIntoAllFour(x, 4 * row), ...set(number)]),
    ...get(sum), ...get(weights + half), ...get(number), ...TIMES, ...PLUS, ...set(sum),
  ];
  const body = [
    ...LOOP, // over the rows of X
    ...parts.flatMap(({ sum }) => [...vector(0), ...set(sum)]),
    ...get(w), ...set(at),
    ...LOOP, // over H
    ...load(at, 0), ...set(weights),
    ...load(at, 16), ...set(weights + 1),
    ...parts.flatMap(multiply),
    ...advance(x, 4 * ROWS),
    ...advance(at, 4 * COLUMNS),
    ...get(at), ...get(wEnd), ...LESS, ...REPEAT_IF,
    ...CLOSE,
    ...parts.flatMap(({ half, sum }) => [
      ...store(y, sum, 16 * half),
      ...(half ? advanceBy(y, stride) : []),
    ]),
    ...get(x), ...get(xEnd), ...LESS, ...REPEAT_IF,
    ...CLOSE,
  ];
  return { name: "p", places: 6, wholes: 1, vectors: 3 + 2 * ROWS, body };
}

// tanh(x) = 1 - 2 / (exp(2 x) + 1). With 2 x = k ln 2 + r, exp(2 x) is 2 to the power
// of k, times the Taylor series of exp(r).
export const TANH_LIMIT = 10; // beyond it tanh is 1 in float32
export const SERIES = [5040, 720, 120, 24, 6, 2, 1, 1].map((n) => Math.fround(1 / n));
export const LOG2_E = Math.fround(2 * Math.LOG2E); // for 2 x
// ln 2 in two parts: products of the first one with small whole numbers are exact.
export const LN2 = [0.693359375, Math.fround(Math.LN2 - 0.693359375)];
// A number is rounded when this is added, and is then whole in its lowest bits.
export const ROUNDING = 1.5 * 2 ** 23;
const EXPONENT = 23; // the bit where the exponent of a float32 begins
const ONE = 127 << EXPONENT; // the bits of 1

/** The function (place, end): each of the numbers there becomes its tanh. */
function hyperbolicTangent() {
  const [place, end, x, k, r, sum] = [0, 1, 2, 3, 4, 5];
  const [first, ...others] = SERIES;
  const body = [
    ...LOOP,
    ...load(place, 0),
    ...vector(-TANH_LIMIT), ...HIGHER, ...vector(TANH_LIMIT), ...LOWER, ...set(x),
    ...get(x), ...vector(LOG2_E), ...TIMES, ...vector(ROUNDING), ...PLUS, ...set(k),
    ...get(x), ...get(x), ...PLUS, ...set(r),
    ...LN2.flatMap((part) => [
      ...get(r), ...get(k), ...vector(ROUNDING), ...MINUS,
      ...vector(part), ...TIMES, ...MINUS, ...set(r),
    ]),
    ...vector(first), ...set(sum),
    ...others.flatMap((number) => [
      ...get(sum), ...get(r), ...TIMES, ...vector(number), ...PLUS, ...set(sum),
    ]),
    ...get(k), ...shiftLeft(EXPONENT), ...wholeVector(ONE), ...PLUS_WHOLE,
    ...get(sum), ...TIMES, ...set(sum),
    ...vector(1), ...vector(2), ...get(sum), ...vector(1), ...PLUS, ...OVER, ...MINUS,
    ...set(x),
    ...store(place, x, 0),
    ...advance(place, 16),
    ...get(place), ...get(end), ...LESS, ...REPEAT_IF,
    ...CLOSE,
  ];
  return { name: "t", places: 2, wholes: 0, vectors: 4, body };
}

/**
 * The functions, and their memory; null where WebAssembly is missing, has no
 * instructions for vectors, or is not allowed.
 */
function simd() {
  try {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const compiled = new WebAssembly.Module(binary([product(), hyperbolicTangent()]));
    const { exports } = new WebAssembly.Instance(compiled, { m: { m: memory } });
    return { multiply: exports.p, tanh: exports.t, memory };
  } catch {
    return null;
  }
}

export const engine = simd();
let allocated = 0; // bytes of its memory

/** The place of so many numbers in its memory, from now on. */
export function allocate(count) {
  const place = allocated;
  allocated += 16 * Math.ceil(count / 4);
  const missing = allocated - engine.memory.buffer.byteLength;
  if (missing > 0) engine.memory.grow(Math.ceil(missing / PAGE));
  return place;
}

/** The numbers at a place; only until more is allocated. */
export const numbersAt = (place, count) =>
  new Float32Array(engine.memory.buffer, place, count);
