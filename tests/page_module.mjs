// The functions of an exported module, with simple rules in place of a model, for the
// tests of the page. Of names that begin with "Rare" there are three; a search for one
// that begins with "Endless" has no end, and neither has the number of those that begin
// with "Forever".

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

function randomNumbers(seed) {
  let state = 17;
  for (const c of String(seed)) state = (state * 31 + c.codePointAt(0)) % 2147483647;
  return () => (state = (state * 48271) % 2147483647);
}

export function generator({ seed }) {
  return {
    names({ count, prefix = "", suffix = "", minLength = 5, maxLength = 30, ...more }) {
      if (prefix.startsWith("0")) throw new RangeError("no name begins with 0");
      return written({ seed, count, prefix, suffix, minLength, maxLength, ...more });
    },
  };
}

function* written({ seed, count, prefix, suffix, minLength, maxLength, ...more }) {
  const next = randomNumbers(seed);
  while (prefix === "Endless");
  const most = { Rare: 3, Forever: Infinity }[prefix] ?? count;
  const extra = (more.temperature ?? "") + (more.label ?? "");
  for (let i = 0; i < most; i++) {
    let name = more.novel ? prefix : `${prefix}Known`;
    const rest = suffix + extra;
    const length = minLength + (next() % (maxLength - minLength + 1));
    while ([...(name + rest)].length < length) name += LETTERS[next() % 26];
    for (const now = Date.now(); prefix === "Forever" && Date.now() < now + 2; );
    yield name + rest;
  }
}

export function classify(text) {
  if (!/[a-z]/i.test(text)) return { label: null, probabilities: {}, unknown: text };
  const probabilities = { long: text.length / 20, short: 1 - text.length / 20 };
  const label = probabilities.long > 0.5 ? "long" : "short";
  return { label, probabilities, unknown: text.replace(/[a-z]/gi, "") };
}

export function convert(text, { label }) {
  if (!/[a-z]/i.test(text)) return { targets: [{ text: "", probability: 1 }], unknown: [...text] };
  const marked = `${text.toUpperCase()}${label ?? ""}`;
  const targets = [marked, text.toLowerCase()].map((text) => ({ text, probability: 0.5 }));
  return { targets, unknown: [] };
}
