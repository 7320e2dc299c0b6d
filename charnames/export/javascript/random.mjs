/** Random numbers that depend on a seed alone. */

import { seedWords } from "./hashes.mjs";

/**
 * A function that gives numbers from 0 to 1, the same for the same seed and number of a
 * stream. It is sfc32 of Chris Doty-Humphrey's PractRand.
 */
export function randomStream(seed, number) {
  let [a, b, c, counter] = seedWords(`${String(seed).normalize("NFC")}/${number}`);
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return () => next() / 2 ** 32 + (next() >>> 11) / 2 ** 53;
}

/** A seed that is short enough to type. */
export const freshSeed = () => Math.floor(Math.random() * 2 ** 32);
