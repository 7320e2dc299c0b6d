// What the pages of all tasks share: the worker, sentences, copying, the address.

const element = (id) => document.getElementById(id);
const data = JSON.parse(element("data").textContent);
const about = data.about;
const written = (number) => number.toLocaleString("en");

// ----- the model, in a worker --------------------------------------------------------

let worker = null;
let isRunning = false;

function newWorker() {
  const blob = new Blob([data.worker], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(blob));
}

// Has the model work, and hands on what it sends: {results, done, problem}.
function run(order, receive) {
  stop();
  const source = worker ? undefined : data.module;
  worker ??= newWorker();
  worker.onmessage = ({ data: message }) => {
    if (message.done || message.problem) setRunning(false);
    receive(message);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    stop();
    const problem = "This browser cannot run the model that is in this page.";
    receive({ results: [], problem });
  };
  setRunning(true);
  worker.postMessage({ ...order, source, task: about.task });
}

// Ends the worker if it is at work, which may be in the middle of a long search.
function stop() {
  if (!isRunning) return;
  worker.terminate();
  worker = null;
  setRunning(false);
}

function setRunning(value) {
  isRunning = value;
  element("busy").hidden = !value;
  element("progress").removeAttribute("value");
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

function addLabels() {
  const labels = Object.keys(about.labels);
  if (about.task === "classify" || labels.length < 2) return;
  element("labels").hidden = false;
  for (const label of labels) element("label").append(new Option(label, label));
}

// ----- taking results along ----------------------------------------------------------

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied ${what}.`);
  } catch {
    const sentence = "The browser does not let this page copy; select the text instead.";
    say(sentence, { isProblem: true });
  }
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
