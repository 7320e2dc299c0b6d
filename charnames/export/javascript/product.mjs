/** Matrix products, in which nearly all of the time goes. */

/**
 * Y = X Wᵀ: each row of X times each row of W.
 *
 * @param {Float32Array} W - (G, H).
 * @param {Float32Array} X - (N, H).
 * @returns {Float32Array} (N, G).
 */
export function product(W, X, N, G, H) {
  const Y = new Float32Array(N * G);
  let n = 0;
  for (; n + 4 <= N; n += 4) fourRows(W, X, Y, n, G, H);
  for (; n < N; n++) {
    for (let g = 0; g < G; g++) {
      let sum = 0;
      for (let h = 0, w = g * H, x = n * H; h < H; h++) sum += W[w + h] * X[x + h];
      Y[n * G + g] = sum;
    }
  }
  return Y;
}

/** Four rows side by side, so that each weight is read once for all of them. */
function fourRows(W, X, Y, n, G, H) {
  const x0 = n * H;
  const x1 = x0 + H;
  const x2 = x1 + H;
  const x3 = x2 + H;
  for (let g = 0; g < G; g++) {
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let h = 0, w = g * H; h < H; h++) {
      const weight = W[w + h];
      sum0 += weight * X[x0 + h];
      sum1 += weight * X[x1 + h];
      sum2 += weight * X[x2 + h];
      sum3 += weight * X[x3 + h];
    }
    const y = n * G + g;
    Y[y] = sum0;
    Y[y + G] = sum1;
    Y[y + 2 * G] = sum2;
    Y[y + 3 * G] = sum3;
  }
}
