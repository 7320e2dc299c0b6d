/** The function of the gates, for many numbers at a time. */

import {
  allocate, engine, LN2, LOG2_E, numbersAt, ROUNDING, SERIES, TANH_LIMIT,
} from "./simd.mjs";

const { fround } = Math;
const rooms = new Map(); // by size: places in the memory of WebAssembly, or arrays

/** Room for so many numbers; only until the next matrix is multiplied. */
export function roomFor(count) {
  if (!rooms.has(count)) {
    rooms.set(count, engine ? allocate(count) : new Float32Array(count));
  }
  const room = rooms.get(count);
  return engine ? numbersAt(room, count) : room;
}

/** Each of the numbers of a room becomes its tanh, to 2e-7. */
export function tanhOf(room) {
  const { byteOffset, byteLength } = room;
  if (engine) engine.tanh(byteOffset, byteOffset + byteLength);
  else for (let i = 0; i < room.length; i++) room[i] = roundedTanh(room[i]);
}

/** tanh of one number with the roundings of WebAssembly; see simd.mjs. */
function roundedTanh(number) {
  const x = Math.min(Math.max(number, -TANH_LIMIT), TANH_LIMIT);
  const k = fround(fround(x * LOG2_E) + ROUNDING) - ROUNDING;
  let r = fround(x + x);
  for (const part of LN2) r = fround(r - fround(k * part));
  let [sum] = SERIES;
  for (let i = 1; i < SERIES.length; i++) sum = fround(fround(sum * r) + SERIES[i]);
  const power = fround(2 ** k * sum);
  return fround(1 - fround(2 / fround(power + 1)));
}
