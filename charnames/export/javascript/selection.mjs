/** Choosing the best of the names that were drawn; see charnames/generation/selection.py. */

const SHARED_START = 3; // characters that names which begin or end alike share
const SHARED_END = 3;
const FEW_SHARING = 4; // names; what fewer of them share is mostly chance

/**
 * The best of every `bestOf` names, in their order: those that are the most probable
 * among names of their length, beginning and ending.
 *
 * @param {{folded: string, nats: number, symbols: number}[]} names
 */
export function best(names, bestOf) {
  if (bestOf === 1 || !names.length) return names;
  const characters = names.map(({ folded }) => [...folded]);
  let surprise = excess(names);
  surprise = apart(surprise, characters.map((name) => name.slice(0, SHARED_START).join("")));
  surprise = apart(surprise, characters.map((name) => name.slice(-SHARED_END).join("")));
  const order = names.map((_, i) => i).sort((i, j) => surprise[i] - surprise[j] || i - j);
  const kept = new Set(order.slice(0, Math.ceil(names.length / bestOf)));
  return names.filter((_, i) => kept.has(i));
}

/** By how much each name is less probable than names of its length. */
function excess(names) {
  const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const meanNats = mean(names.map(({ nats }) => nats));
  const meanSymbols = mean(names.map(({ symbols }) => symbols));
  let products = 0;
  let squares = 1e-9;
  for (const { nats, symbols } of names) {
    products += (symbols - meanSymbols) * nats;
    squares += (symbols - meanSymbols) ** 2;
  }
  const slope = products / squares;
  return names.map(
    ({ nats, symbols }) =>
      (nats - meanNats - slope * (symbols - meanSymbols)) / Math.sqrt(symbols),
  );
}

/** Values without what each shares with those of its group, if the group is large. */
function apart(values, groups) {
  const sums = new Map();
  groups.forEach((group, i) => {
    const [sum, count] = sums.get(group) ?? [0, 0];
    sums.set(group, [sum + values[i], count + 1]);
  });
  return values.map((value, i) => {
    const [sum, count] = sums.get(groups[i]);
    return value - sum / (count + FEW_SHARING);
  });
}
