// Runs the model in a worker, so that the page answers while names are written.
"use strict";

const SLICE = 50; // milliseconds between two messages to the page
let model;

const tasks = {
  *generate({ seed, wanted }) {
    yield* model.generator({ seed }).names(wanted);
  },
  *classify({ texts }) {
    for (const text of texts) yield { text, ...model.classify(text) };
  },
  *convert({ texts, label }) {
    for (const text of texts) yield { text, ...model.convert(text, { label }) };
  },
};

async function load(source) {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  model = await import(url);
  URL.revokeObjectURL(url);
}

onmessage = async ({ data }) => {
  try {
    if (data.source) await load(data.source);
    let results = [];
    let sent = performance.now();
    for (const result of tasks[data.task](data)) {
      results.push(result);
      if (performance.now() - sent < SLICE) continue;
      postMessage({ results });
      results = [];
      sent = performance.now();
    }
    postMessage({ results, done: true });
  } catch (error) {
    postMessage({ results: [], problem: error.message });
  }
};
