/** Reads what charnames packed: a header, and arrays of numbers by their names. */

/** Readers of one number each, from little-endian bytes. */
const ARRAYS = {
  f4: (buffer) => new Float32Array(buffer),
  f2: (buffer) => fromHalves(new Uint16Array(buffer)),
  i1: (buffer) => new Int8Array(buffer),
  u1: (buffer) => new Uint8Array(buffer),
  u4: (buffer) => new Uint32Array(buffer),
};

/**
 * Unpack a text in base64, which is deflated.
 *
 * @param {string} text
 * @returns {Promise<{header: object, arrays: Object<string, object>}>} the header, and
 *   the arrays, flat.
 */
export async function unpack(text) {
  const characters = atob(text);
  const deflated = new Uint8Array(characters.length);
  for (let i = 0; i < deflated.length; i++) deflated[i] = characters.charCodeAt(i);
  const bytes = await inflated(deflated);
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const json = new TextDecoder().decode(bytes.subarray(4, 4 + length));
  const { header, arrays: entries } = JSON.parse(json);
  const arrays = {};
  let start = 4 + length;
  for (const [name, type, size] of entries) {
    const width = Number(type[1]);
    arrays[name] = ARRAYS[type](wholeNumbers(bytes, start, size, width));
    start += size * width;
  }
  return { header, arrays: unscaled(arrays) };
}

/** The bytes that were deflated (RFC 1950). */
async function inflated(deflated) {
  const format = new DecompressionStream("deflate");
  const reader = new Blob([deflated]).stream().pipeThrough(format).getReader();
  const chunks = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/**
 * Numbers of several bytes are packed as all first bytes, then all second ones, and so
 * on, which deflates better.
 */
function wholeNumbers(bytes, start, size, width) {
  const whole = new Uint8Array(size * width);
  for (let place = 0; place < width; place++) {
    const plane = start + place * size;
    for (let i = 0; i < size; i++) whole[i * width + place] = bytes[plane + i];
  }
  return whole.buffer;
}

/** The numbers that 16 bits each are, as IEEE 754 says (binary16). */
function fromHalves(bits) {
  const powers = Float32Array.from({ length: 32 }, (_, e) => 2 ** (Math.max(e, 1) - 25));
  const numbers = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const exponent = (bits[i] >> 10) & 31;
    const fraction = (bits[i] & 1023) + (exponent ? 1024 : 0);
    numbers[i] = fraction * powers[exponent] * (bits[i] & 0x8000 ? -1 : 1);
  }
  return numbers;
}

/** Rows of 8 bits, each times the scale of its row, become numbers. */
function unscaled(arrays) {
  for (const name of Object.keys(arrays)) {
    const scales = arrays[`${name}.scale`];
    if (!scales) continue;
    const rows = arrays[name];
    const width = rows.length / scales.length;
    const numbers = new Float32Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      numbers[i] = rows[i] * scales[Math.floor(i / width)];
    }
    arrays[name] = numbers;
    delete arrays[`${name}.scale`];
  }
  return arrays;
}
