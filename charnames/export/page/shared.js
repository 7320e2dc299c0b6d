// What the pages of all tasks share: the worker, sentences, copying, the address.

const element = (id) => document.getElementById(id);
const data = JSON.parse(element("data").textContent);
const about = data.about;
const written = (number) => number.toLocaleString("en");

// ----- the model, in a worker --------------------------------------------------------

const SLICE = 50; // milliseconds in which results are gathered before they are shown
const QUIET = 3000; // milliseconds without a result until the page says so

let worker = null;
let gathered = []; // results that are not shown yet
let showing = null; // the timer that will show them
let waiting = null; // the timer that tells of a long wait
let page = null; // what shows the results: {add, finish, wait}

function newWorker() {
  const blob = new Blob([data.worker], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(blob));
}

// Has the model work, which is idle. add: takes results, a few at a time; finish: is
// called after the last, unless there was a problem; wait: is called when nothing comes
// for long.
function run(order, shown) {
  page = shown;
  const module = worker ? undefined : data.module;
  worker ??= newWorker();
  worker.onmessage = ({ data: { result, problem } }) => {
    if (problem !== undefined) return end(problem);
    gathered.push(result);
    showing ??= setTimeout(show, SLICE);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    worker = null;
    end("This browser cannot run the model that is in this page.");
  };
  element("busy").hidden = false;
  element("progress").removeAttribute("value");
  waiting = setTimeout(page.wait, QUIET);
  worker.postMessage({ ...order, module, task: about.task });
}

function show() {
  clearTimeout(showing);
  clearTimeout(waiting);
  showing = null;
  waiting = setTimeout(page.wait, QUIET);
  const results = gathered;
  gathered = [];
  if (!results.length) return;
  say("");
  page.add(results);
}

function end(problem) {
  close();
  if (problem) say(asSentence(problem), { isProblem: true });
  else page.finish();
}

function close() {
  show();
  clearTimeout(waiting);
  element("busy").hidden = true;
}

// Ends the worker if it is at work, which may be in the middle of a long search.
function stop() {
  if (element("busy").hidden) return;
  worker.terminate();
  worker = null;
  close();
}

// ----- what the page says ------------------------------------------------------------

// Says a sentence, which screen readers read out, with more after it for them alone.
function say(sentence, { isProblem = false, more = "" } = {}) {
  const status = element("status");
  const unseen = document.createElement("span");
  unseen.className = "unseen";
  unseen.textContent = more;
  status.replaceChildren(sentence, unseen);
  status.classList.toggle("problem", isProblem);
}

const LABELS = {
  prefix: "beginning",
  suffix: "ending",
  minLength: "fewest characters",
  maxLength: "most characters",
};

/** A message of the module as a sentence, with the names that its options have here. */
function asSentence(message) {
  const text = message.replace(/^\w+(?=:)/, (option) => LABELS[option] ?? option);
  return text[0].toUpperCase() + text.slice(1).replace(/\.?$/, ".");
}

function addLabels() {
  if (about.task === "classify" || about.labels.length < 2) return;
  element("labels").hidden = false;
  for (const label of about.labels) element("label").append(new Option(label, label));
}

// ----- taking results along ----------------------------------------------------------

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copySelected(text)) {
      const sentence = "The browser does not let this page copy; Download saves a file.";
      return say(sentence, { isProblem: true });
    }
  }
  say(`Copied ${what}.`);
}

// Copies as a visitor does who selects the text, which frames of other pages let their
// pages do.
function copySelected(text) {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.className = "unseen";
  field.value = text;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused.focus();
  return isCopied;
}

// Saves lines as a file that is called after the list.
function download(lines, ending) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(lines.map((line) => `${line}\n`)));
  const stem = about.title.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-");
  link.download = `${stem}-${ending}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// ----- the address -------------------------------------------------------------------

// The settings in the address, after its #.
const addressed = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

// Puts the settings that are not empty into the address. isNew: as a new entry of the
// history, so that Back leads to the results before.
function setAddress(settings, isNew) {
  const given = Object.entries(settings).filter(([, value]) => value !== "");
  const hash = `#${new URLSearchParams(given)}`;
  if (hash === location.hash) return;
  history[isNew ? "pushState" : "replaceState"](null, "", hash);
}

element("link").addEventListener("click", () => copy(location.href, "the link"));
