/** From the logits of symbols to their probabilities. */

export const END = 0; // the symbol that ends a text, and is read before its first

/** Logits (V,) -> probabilities (V,). Logits that are no numbers count as zero. */
export function softmax(logits) {
  let highest = -Infinity;
  const p = new Float64Array(logits.length);
  for (let s = 0; s < p.length; s++) {
    p[s] = finite(logits[s]);
    if (p[s] > highest) highest = p[s];
  }
  let total = 0;
  for (let s = 0; s < p.length; s++) {
    p[s] = Math.exp(p[s] - highest);
    total += p[s];
  }
  for (let s = 0; s < p.length; s++) p[s] /= total;
  return p;
}

const LARGEST = 3.4028234663852886e38; // of float32

/** NaN counts as zero, and infinity as the largest number, as in charnames itself. */
function finite(z) {
  if (z >= -LARGEST && z <= LARGEST) return z;
  return Number.isNaN(z) ? 0 : Math.sign(z) * LARGEST;
}
