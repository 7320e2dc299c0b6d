// The page of a model of names: the settings, the names, the seed in the address.

const FIELDS = ["count", "prefix", "suffix", "minLength", "maxLength", "label"];
const READ_OUT = 20; // so many names are read out by a screen reader
const usual = about.temperature || 1;
const list = element("names");
let names = [];
let shown = {}; // the settings of the names in the list

// ----- settings ----------------------------------------------------------------------

// Four steps of the slider make the temperature one and a half times as high.
const atStep = (step) => (usual * 1.5 ** (step / 4)).toFixed(2);
const stepOf = (temperature) =>
  Math.round((4 * Math.log(temperature / usual)) / Math.log(1.5));

function describeTemperature() {
  const step = element("temperature").valueAsNumber;
  const direction = step < 0 ? "safer" : "wilder";
  const word = step ? `${Math.abs(step) > 4 ? "much " : ""}${direction}` : "as usual";
  element("word").value = `${word} (${atStep(step)})`;
  element("temperature").setAttribute("aria-valuetext", word);
}

// The settings of the form as texts, as they stand in the address; empty where a
// setting is the usual one.
function settingsOf(seed) {
  const fields = FIELDS.map((id) => [id, element(id).value]);
  const step = element("temperature").valueAsNumber;
  return {
    seed,
    ...Object.fromEntries(fields),
    temperature: step ? atStep(step) : "",
    novel: element("novel").checked ? "" : "false",
  };
}

// The text as a number that the field takes; empty where it is none.
function inRange(field, text) {
  const number = Math.round(text);
  if (text === "" || Number.isNaN(number)) return "";
  return Math.min(Math.max(number, field.min), field.max);
}

// Fills the form from the address; what cannot be is left out or brought into range.
function fill({ temperature, novel, ...settings }) {
  for (const id of FIELDS) {
    const field = element(id);
    const text = settings[id] ?? "";
    field.value = field.type === "number" ? inRange(field, text) : text;
  }
  element("count").value ||= element("count").defaultValue;
  if (element("label").selectedIndex < 0) element("label").selectedIndex = 0;
  element("temperature").value = temperature > 0 ? stepOf(temperature) : 0;
  element("novel").checked = novel !== "false";
  describeTemperature();
}

// The settings as the module takes them.
function wantedOf(settings) {
  const { seed, novel, ...texts } = settings;
  const given = Object.entries(texts).filter(([, text]) => text !== "");
  const isText = (name) => ["prefix", "suffix", "label"].includes(name);
  const values = given.map(([name, text]) => [name, isText(name) ? text : Number(text)]);
  return { ...Object.fromEntries(values), novel: novel !== "false" };
}

const freshSeed = () => String(crypto.getRandomValues(new Uint32Array(1))[0]);

// ----- names -------------------------------------------------------------------------

function start(seed, isNew) {
  stop();
  shown = settingsOf(seed);
  setAddress(shown, isNew);
  names = [];
  list.replaceChildren();
  list.style.setProperty("--longest", 0);
  element("actions").hidden = true;
  say("");
  const whole = /^\d{1,15}$/.test(seed);
  const order = { seed: whole ? Number(seed) : seed, wanted: wantedOf(shown) };
  run(order, { add, finish, wait });
}

function add(more) {
  const buttons = document.createDocumentFragment();
  for (const name of more) {
    const button = document.createElement("button");
    button.type = "button";
    button.dir = "auto";
    button.textContent = name;
    button.tabIndex = -1;
    const item = document.createElement("li");
    item.append(button);
    buttons.append(item);
  }
  if (!names.length) buttons.querySelector("button").tabIndex = 0;
  list.append(buttons);
  names.push(...more);
  list.style.setProperty("--longest", usualLength());
  element("actions").hidden = false;
  element("progress").value = names.length / shown.count;
}

// The length that nine of ten names do not exceed.
function usualLength() {
  const lengths = names.map((name) => name.length).sort((a, b) => a - b);
  return lengths[Math.floor(0.9 * (lengths.length - 1))];
}

const counted = (count) => `${written(count)} ${count === 1 ? "name" : "names"}`;

function finish() {
  const more = names.length <= READ_OUT ? `: ${names.join(", ")}` : "";
  if (names.length === Number(shown.count)) return say(counted(names.length), { more });
  const amount = names.length ? `Only ${counted(names.length)}` : "No names";
  const sentence = `${amount}: no more could be found that meet the settings.`;
  say(sentence, { isProblem: true, more });
}

const wait = () => say(`Still looking: ${counted(names.length)} so far.`);

// ----- the list: a click copies, arrow keys move -------------------------------------

function moveTo(button) {
  list.querySelector('[tabindex="0"]').tabIndex = -1;
  button.tabIndex = 0;
  button.focus();
}

list.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  moveTo(button);
  copy(button.textContent, button.textContent);
});

list.addEventListener("keydown", (event) => {
  const item = event.target.closest("li");
  const next = {
    ArrowRight: item?.nextSibling,
    ArrowDown: item?.nextSibling,
    ArrowLeft: item?.previousSibling,
    ArrowUp: item?.previousSibling,
    Home: list.firstChild,
    End: list.lastChild,
  }[event.key];
  if (!next) return;
  event.preventDefault();
  moveTo(next.firstChild);
});

// ----- the page ----------------------------------------------------------------------

addLabels();
fill(addressed());
element("temperature").addEventListener("input", describeTemperature);
element("form").addEventListener("submit", (event) => {
  event.preventDefault();
  start(freshSeed(), true);
});
element("stop").addEventListener("click", () => {
  stop();
  say(`Stopped after ${counted(names.length)}.`);
  element("start").focus();
});
element("copy").addEventListener("click", () => {
  copy(names.join("\n"), counted(names.length));
});
element("download").addEventListener("click", () => download(names, shown.seed));
addEventListener("hashchange", () => {
  fill(addressed());
  start(addressed().seed || freshSeed(), false);
});
start(addressed().seed || freshSeed(), false);
