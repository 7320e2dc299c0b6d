/** Hashes by which names of the list, and their near-copies, are recognised. */

// BLAKE2b (RFC 7693), in halves of 32 bits, the lower one first.
const START = new Uint32Array([
  0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1,
  0xa54ff53a, 0xade682d1, 0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab,
  0x137e2179, 0x5be0cd19,
]);
// The order in which each round reads the words of a block, in hexadecimal digits.
const ORDERS = [
  "0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8",
  "905724afe1bc683d", "2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a",
  "6fe9b308c2d714a5", "a2847615fb9e3cd0", "0123456789abcdef", "ea489fd61c02b753",
].map((digits) => Array.from(digits, (d) => 2 * parseInt(d, 16)));
const COLUMN_WORDS = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];
const DIAGONAL_WORDS = [0, 5, 10, 15, 1, 6, 11, 12, 2, 7, 8, 13, 3, 4, 9, 14];
const MIXED = [...COLUMN_WORDS, ...DIAGONAL_WORDS].map((word) => 2 * word);
const BLOCK = 128; // bytes

const encoder = new TextEncoder();
const v = new Uint32Array(32);

/** The first words of the BLAKE2b hash of a text, as 32-bit halves, (16,). */
function blake2b(text, size) {
  const bytes = encoder.encode(text);
  const h = START.slice();
  h[0] ^= 0x01010000 ^ size;
  const blocks = Math.max(1, Math.ceil(bytes.length / BLOCK));
  for (let block = 0; block < blocks; block++) {
    const padded = new Uint8Array(BLOCK);
    padded.set(bytes.subarray(block * BLOCK, (block + 1) * BLOCK));
    const last = block === blocks - 1;
    compress(h, padded, last ? bytes.length : (block + 1) * BLOCK, last);
  }
  return h;
}

function compress(h, block, read, last) {
  const view = new DataView(block.buffer);
  const m = Uint32Array.from({ length: 32 }, (_, i) => view.getUint32(4 * i, true));
  v.set(h);
  v.set(START, 16);
  v[24] ^= read;
  if (last) {
    v[28] = ~v[28];
    v[29] = ~v[29];
  }
  for (const order of ORDERS) {
    for (let i = 0; i < 8; i++) {
      mixWords(4 * i, m, order[2 * i], order[2 * i + 1]);
    }
  }
  for (let i = 0; i < 16; i++) h[i] ^= v[i] ^ v[i + 16];
}

function mixWords(i, m, x, y) {
  const a = MIXED[i];
  const b = MIXED[i + 1];
  const c = MIXED[i + 2];
  const d = MIXED[i + 3];
  addTo(a, b, m[x], m[x + 1]);
  rotate(d, a, 32);
  addTo(c, d, 0, 0);
  rotate(b, c, 24);
  addTo(a, b, m[y], m[y + 1]);
  rotate(d, a, 16);
  addTo(c, d, 0, 0);
  rotate(b, c, 63);
}

/** v[a] += v[b] + (low, high). */
function addTo(a, b, low, high) {
  const sum = v[a] + v[b] + low;
  v[a] = sum;
  v[a + 1] = v[a + 1] + v[b + 1] + high + Math.floor(sum / 2 ** 32);
}

/** v[a] = (v[a] ^ v[b]), rotated to the right. */
function rotate(a, b, bits) {
  const low = v[a] ^ v[b];
  const high = v[a + 1] ^ v[b + 1];
  const first = bits < 32 ? low : high;
  const second = bits < 32 ? high : low;
  const rest = bits % 32;
  if (!rest) {
    v[a] = first;
    v[a + 1] = second;
    return;
  }
  v[a] = (first >>> rest) | (second << (32 - rest));
  v[a + 1] = (second >>> rest) | (first << (32 - rest));
}

/** The first 32 bits of the 64-bit hash of a folded name. */
export const nameHash = (name) => blake2b(name, 8)[1];

/** Four numbers of 32 bits that a text stands for. */
export const seedWords = (text) => blake2b(text, 16).slice(0, 4);

/** Sorted hashes of 32 bits, packed as the distances from one to the next. */
export class HashSet {
  /** @param {Uint32Array} distances */
  constructor(distances) {
    let sum = 0;
    this.hashes = distances.map((distance) => (sum += distance));
  }

  has(hash) {
    const { hashes } = this;
    let low = 0;
    let high = hashes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (hashes[middle] < hash) low = middle + 1;
      else high = middle;
    }
    return low < hashes.length && hashes[low] === hash;
  }
}

// Near-copies: see charnames.encoding.near_copies. The constants are of splitmix64.
const BASE = 0x9e3779b97f4a7c15n;
const FACTORS = [0xbf58476d1ce4e5b9n, 0x94d049bb133111ebn];
const word = (number) => BigInt.asUintN(64, number);
const mixedCharacters = new Map();

function mixed(number) {
  number = word(number + BASE);
  number = word((number ^ (number >> 30n)) * FACTORS[0]);
  number = word((number ^ (number >> 27n)) * FACTORS[1]);
  return number ^ (number >> 31n);
}

function mixedCharacter(character) {
  let value = mixedCharacters.get(character);
  if (value === undefined) {
    value = mixed(BigInt(character.codePointAt(0)));
    mixedCharacters.set(character, value);
  }
  return value;
}

/**
 * The first 32 bits of the hashes of a name and of the same without any one of its
 * characters. Two names are near-copies when they have one of these in common.
 */
export function nearForms(name) {
  const characters = Array.from(name, mixedCharacter);
  const L = characters.length;
  let power = 1n;
  // A form's hash is the sum of its characters' numbers times BASE to their places. The
  // characters behind one that is left out move up a place.
  const behind = new Array(L + 1).fill(0n);
  const before = [0n];
  const movedUp = [];
  characters.forEach((c, i) => {
    before.push(before[i] + c * power);
    if (i + 1 < L) movedUp.push(characters[i + 1] * power);
    power = word(power * BASE);
  });
  for (let i = L - 2; i >= 0; i--) behind[i] = behind[i + 1] + movedUp[i];
  const forms = [before[L] + BigInt(L)];
  for (let i = 0; i < L; i++) forms.push(before[i] + behind[i] + BigInt(L - 1));
  return forms.map((form) => Number(mixed(form) >> 32n));
}
