// Runs the model in a worker, so that the page answers while names are written.
"use strict";

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

async function load(module) {
  const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
  model = await import(url);
  URL.revokeObjectURL(url);
}

// Sends each result as {result}, and at the end {problem}, which is empty if all is well.
onmessage = async ({ data }) => {
  try {
    if (data.module) await load(data.module);
    for (const result of tasks[data.task](data)) postMessage({ result });
    postMessage({ problem: "" });
  } catch (error) {
    postMessage({ problem: error.message || String(error) });
  }
};
