// The page of a classifier or a converter: texts, and what the model says of each.

const READ_OUT = 5; // so many results are read out by a screen reader
const NEXT = 2; // so many results are shown beside the likeliest
const table = element("results");
let texts = [];
let results = [];

const percent = (share) => `${(100 * share).toFixed(1)}\u00a0%`;
const withPercent = ([text, share]) => `${text} ${percent(share)}`;

// What a result says, the likeliest first, each with its probability; nothing if the
// likeliest is no text.
const answers = {
  classify: ({ label, probabilities }) =>
    label === null ? [] : Object.entries(probabilities).sort((a, b) => b[1] - a[1]),
  convert: ({ targets }) =>
    targets[0]?.text ? targets.map(({ text, probability }) => [text, probability]) : [],
}[about.task];

const columns = {
  classify: ["Text", "Label", "Next"],
  convert: ["Text", "Becomes", "Or"],
}[about.task];

// The cells of a result.
function cells(result) {
  const [first, ...next] = answers(result);
  const more = next.slice(0, NEXT).map(withPercent);
  if (result.unknown.length) more.push(`not known: ${[...result.unknown].join(" ")}`);
  else if (!first) more.push("nothing of this text is known");
  return [result.text, first ? withPercent(first) : "–", more.join(", ")];
}

// A result as a line of text: what it is about, the likeliest, its probability.
function line(result) {
  const [text, share] = answers(result)[0] ?? ["-", 0];
  return [result.text, text, share.toFixed(4)].join("\t");
}

// ----- settings ----------------------------------------------------------------------

const settings = () => ({ text: element("text").value, label: element("label").value });

function fill({ text, label }) {
  element("text").value = text ?? "";
  element("label").value = label ?? "";
  if (element("label").selectedIndex < 0) element("label").selectedIndex = 0;
}

// ----- results -----------------------------------------------------------------------

function start(isNew) {
  stop();
  const lines = element("text").value.split("\n").map((line) => line.trim());
  texts = lines.filter((line) => line);
  if (!texts.length) return;
  setAddress(settings(), isNew);
  results = [];
  table.tBodies[0].replaceChildren();
  table.hidden = element("actions").hidden = true;
  say("");
  const label = element("label").value || undefined;
  run({ texts, label }, { add, finish, wait });
}

function add(more) {
  results.push(...more);
  for (const result of more) addRow(cells(result));
  table.hidden = element("actions").hidden = false;
  element("progress").value = results.length / texts.length;
}

function addRow(texts) {
  const row = table.tBodies[0].insertRow();
  for (const text of texts) {
    const cell = row.insertCell();
    cell.dir = "auto";
    cell.textContent = text;
  }
}

const noun = () => (results.length === 1 ? "text" : "texts");
const counted = () => `${written(results.length)} ${noun()}`;

function finish() {
  const sentences = results.slice(0, READ_OUT).map((result) => cells(result).join(" "));
  say(counted(), { more: results.length > READ_OUT ? "" : `: ${sentences.join("; ")}` });
}

const wait = () => say(`Still at work: ${counted()} so far.`);

// ----- the page ----------------------------------------------------------------------

addLabels();
for (const column of columns) {
  const cell = document.createElement("th");
  cell.scope = "col";
  cell.textContent = column;
  table.tHead.rows[0].append(cell);
}
fill(addressed());
element("form").addEventListener("submit", (event) => {
  event.preventDefault();
  start(true);
});
element("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  element("form").requestSubmit();
});
element("stop").addEventListener("click", () => {
  stop();
  say(`Stopped after ${counted()}.`);
});
element("copy").addEventListener("click", () => {
  copy(results.map(line).join("\n"), counted());
});
element("download").addEventListener("click", () => {
  download(results.map(line), about.task);
});
addEventListener("hashchange", () => {
  fill(addressed());
  start(false);
});
start(false);
