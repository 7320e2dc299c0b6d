/** The inner loop of matrix products, in WebAssembly: four numbers at a time. */

export const ROWS = 4; // rows of X that are multiplied side by side
export const COLUMNS = 8; // rows of W

// The instructions that are used, as the specification of WebAssembly encodes them.
const LOOP = [0x03, 0x40];
const CLOSE = [0x0b];
const REPEAT_IF = [0x0d, 0x00];
const LESS = [0x49];
const ZEROS = [0xfd, 0x0c, ...new Array(16).fill(0)];
const TIMES = [0xfd, 0xe6, 0x01];
const PLUS = [0xfd, 0xe4, 0x01];
const get = (local) => [0x20, local];
const set = (local) => [0x21, local];
const load = (place, offset) => [...get(place), 0xfd, 0x00, 0x02, offset];
const loadIntoAllFour = (place, offset) => [...get(place), 0xfd, 0x09, 0x02, offset];
const store = (place, sum, offset) => [
  ...get(place), ...get(sum), 0xfd, 0x0b, 0x02, offset,
];
const advance = (place, bytes) => [
  ...get(place), 0x41, ...leb128(bytes), 0x6a, ...set(place),
];
const I32 = 0x7f;
const V128 = 0x7b;
const FUNCTION = 0x60;

/** A whole number as LEB128; of those with a sign, the positive ones. */
function leb128(value) {
  const bytes = [];
  for (; value > 63; value >>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

/**
 * The function (w, wEnd, x, xEnd, y), where all are places in memory: the product of
 * ROWS rows of X, arranged as (H, ROWS), and the rows of W, arranged as (G / COLUMNS,
 * H, COLUMNS). The result is arranged as (G / COLUMNS, ROWS, COLUMNS).
 */
function instructions() {
  const [w, wEnd, x, xEnd, y, at, weights, one, sums] = [0, 1, 2, 3, 4, 5, 6, 8, 9];
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const parts = rows.flatMap((row) => [
    { row, half: 0, sum: sums + 2 * row },
    { row, half: 1, sum: sums + 2 * row + 1 },
  ]);
  const multiply = ({ row, half, sum }) => [
    ...(half ? [] : [...loadIntoAllFour(at, 4 * row), ...set(one)]),
    ...get(sum), ...get(weights + half), ...get(one), ...TIMES, ...PLUS, ...set(sum),
  ];
  return [
    ...LOOP, // over the rows of W
    ...parts.flatMap(({ sum }) => [...ZEROS, ...set(sum)]),
    ...get(x), ...set(at),
    ...LOOP, // over H
    ...load(w, 0), ...set(weights),
    ...load(w, 16), ...set(weights + 1),
    ...parts.flatMap(multiply),
    ...advance(w, 4 * COLUMNS),
    ...advance(at, 4 * ROWS),
    ...get(at), ...get(xEnd), ...LESS, ...REPEAT_IF,
    ...CLOSE,
    ...parts.flatMap(({ row, half, sum }) => store(y, sum, 32 * row + 16 * half)),
    ...advance(y, 4 * ROWS * COLUMNS),
    ...get(w), ...get(wEnd), ...LESS, ...REPEAT_IF,
    ...CLOSE,
    ...CLOSE,
  ];
}

/** A module of WebAssembly with that function, which works on a memory that it gets. */
function binary() {
  const sized = (bytes) => [...size(bytes.length), ...bytes];
  const section = (id, bytes) => [id, ...sized([1, ...bytes])]; // of one entry
  const name = sized([...new TextEncoder().encode("m")]);
  const locals = [2, 1, I32, 3 + 2 * ROWS, V128];
  return new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [FUNCTION, 5, I32, I32, I32, I32, I32, 0]),
    ...section(2, [...name, ...name, 2, 0, 1]),
    ...section(3, [0]),
    ...section(7, [...name, 0, 0]),
    ...section(10, sized([...locals, ...instructions()])),
  ]);
}

/** A size as LEB128 without a sign. */
function size(value) {
  const bytes = [];
  for (; value > 127; value >>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

/**
 * The function, and the memory that it works on; null where WebAssembly is missing, has
 * no instructions for four numbers, or is not allowed.
 */
export function simd() {
  try {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const compiled = new WebAssembly.Module(binary());
    const { exports } = new WebAssembly.Instance(compiled, { m: { m: memory } });
    return { multiply: exports.m, memory };
  } catch {
    return null;
  }
}
