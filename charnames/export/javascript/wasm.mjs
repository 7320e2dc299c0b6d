/** Writes modules of WebAssembly: numbers side by side, four to a vector. */

// The instructions that are used, as the specification of WebAssembly encodes them.
export const LOOP = [0x03, 0x40];
export const CLOSE = [0x0b];
export const REPEAT_IF = [0x0d, 0x00];
export const LESS = [0x49];
export const TIMES = [0xfd, 0xe6, 0x01];
export const PLUS = [0xfd, 0xe4, 0x01];
export const MINUS = [0xfd, 0xe5, 0x01];
export const OVER = [0xfd, 0xe7, 0x01];
export const LOWER = [0xfd, 0xe8, 0x01]; // the minimum of two numbers
export const HIGHER = [0xfd, 0xe9, 0x01];
export const PLUS_WHOLE = [0xfd, 0xae, 0x01];
export const shiftLeft = (bits) => [0x41, ...signed(bits), 0xfd, 0xab, 0x01];
export const get = (local) => [0x20, local];
export const set = (local) => [0x21, local];
export const load = (place, offset) => [...get(place), 0xfd, 0x00, 0x02, offset];
export const loadIntoAllFour = (place, offset) => [
  ...get(place), 0xfd, 0x09, 0x02, offset,
];
export const store = (place, vector, offset) => [
  ...get(place), ...get(vector), 0xfd, 0x0b, 0x02, offset,
];
export const advance = (place, bytes) => [
  ...get(place), 0x41, ...signed(bytes), 0x6a, ...set(place),
];
export const advanceBy = (place, bytes) => [
  ...get(place), ...get(bytes), 0x6a, ...set(place),
];
/** Four times the same number; of whole ones, in 32 bits each. */
export const vector = (number) => vectorOf(Float32Array.of(number));
export const wholeVector = (number) => vectorOf(Int32Array.of(number));
const I32 = 0x7f;
const V128 = 0x7b;
const FUNCTION = 0x60;

function vectorOf(array) {
  const bytes = [...new Uint8Array(array.buffer)];
  return [0xfd, 0x0c, ...bytes, ...bytes, ...bytes, ...bytes];
}

/** A whole number from 0 on as LEB128 with a sign. */
function signed(value) {
  const bytes = [];
  for (; value > 63; value >>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

/** A size as LEB128 without a sign. */
function unsigned(value) {
  const bytes = [];
  for (; value > 127; value >>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

/**
 * A module of functions that work on a memory which it gets as m.m.
 *
 * @param {{name: string, places: number, wholes: number, vectors: number,
 *   body: number[]}[]} functions - the name of each, of one letter; how many places in
 *   memory it takes, which are its first locals; how many whole numbers and then vectors
 *   it has beside them; and its instructions.
 */
export function binary(functions) {
  const sized = (bytes) => [...unsigned(bytes.length), ...bytes];
  const section = (id, entries) => [
    id, ...sized([...unsigned(entries.length), ...entries.flat()]),
  ];
  const named = (name) => sized([...new TextEncoder().encode(name)]);
  const places = (count) => new Array(count).fill(I32);
  return new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, functions.map((f) => [FUNCTION, ...sized(places(f.places)), 0])),
    ...section(2, [[...named("m"), ...named("m"), 2, 0, 1]]),
    ...section(3, functions.map((_, type) => [type])),
    ...section(7, functions.map((f, i) => [...named(f.name), 0, i])),
    ...section(10, functions.map(({ wholes, vectors, body }) =>
      sized([2, wholes, I32, vectors, V128, ...body, ...CLOSE]),
    )),
  ]);
}
