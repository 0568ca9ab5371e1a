// What the pages of a report can do beyond being read: filter, show a compressed console, copy. What the guest said is
// only ever set as text.
"use strict";

function filterTable(form) {
  const rows = Array.from(document.querySelectorAll("#cases tbody tr"));
  const shown = document.getElementById("shown");
  const text = form.elements.text, outcome = form.elements.outcome, changed = form.elements.changed;
  function apply() {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const fits = (!outcome.value || row.dataset.outcome === outcome.value) &&
        (!changed.checked || row.dataset.changed === "yes") &&
        words.every((word) => row.textContent.toLowerCase().includes(word));
      row.hidden = !fits;
      if (fits) count += 1;
    }
    shown.textContent = `${count} of ${rows.length} cases`;
  }
  // A filter can be part of a link: index.html#outcome=fail&text=rust
  function takeHash() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    if (!wanted.has("outcome") && !wanted.has("text") && !wanted.has("changed")) return;
    outcome.value = wanted.get("outcome") || "";
    text.value = wanted.get("text") || "";
    changed.checked = wanted.get("changed") === "yes";
    apply();
  }
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", takeHash);
  apply();
  takeHash();
}

async function unpacked(element) {
  const binary = atob(element.textContent.trim());
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

function consoleRow(line, number, first, last, failing) {
  const row = document.createElement("li");
  row.id = `L${number}`;
  const link = document.createElement("a");
  link.href = `#L${number}`;
  link.textContent = number;
  const at = document.createElement("span");
  at.className = "at";
  at.textContent = line.slice(0, 10).trim();
  const text = document.createElement("span");
  text.textContent = line.slice(11);
  row.append(link, at, text);
  if (number >= first && number <= last) row.classList.add("case");
  if (number === failing) row.classList.add("failing");
  return row;
}

function goTo(number) {
  for (const row of document.querySelectorAll(".console li.here")) row.classList.remove("here");
  const row = document.getElementById(`L${number}`);
  if (!row) return;
  row.classList.add("here");
  row.scrollIntoView({block: "center"});
  row.querySelector("a").focus({preventScroll: true});
}

function searchConsole(view, rows) {
  const box = view.querySelector("input"), found = view.querySelector("output");
  let hits = [], at = -1;
  function show() {
    found.textContent = !box.value ? "" : hits.length ? `${at + 1} of ${hits.length}` : "not found";
    if (hits.length) {
      for (const row of rows) row.classList.remove("here");
      hits[at].classList.add("here");
      hits[at].scrollIntoView({block: "center"});
    }
  }
  box.addEventListener("input", () => {
    const word = box.value.toLowerCase();
    hits = word ? rows.filter((row) => row.lastChild.textContent.toLowerCase().includes(word)) : [];
    at = hits.length ? 0 : -1;
    show();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !hits.length) return;
    event.preventDefault();
    at = (at + (event.shiftKey ? hits.length - 1 : 1)) % hits.length;
    show();
  });
}

async function showConsole(view) {
  const first = Number(view.dataset.first), last = Number(view.dataset.last), failing = Number(view.dataset.failing);
  let text;
  try {
    text = await unpacked(view.querySelector("script"));
  } catch {
    view.querySelector(".state").textContent = "This browser can't unpack the console; its file is beside the report.";
    return;
  }
  const lines = text.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  const rows = lines.map((line, index) => consoleRow(line, index + 1, first, last, failing));
  const list = document.createElement("ol");
  list.append(...rows);
  view.querySelector(".console").append(list);
  view.querySelector(".state").textContent = `${rows.length} lines`;
  view.querySelector(".bar").hidden = false;
  for (const button of view.querySelectorAll("button[data-line]"))
    button.addEventListener("click", () => goTo(Number(button.dataset.line)));
  searchConsole(view, rows);
  const wanted = /^#L(\d+)$/.exec(location.hash);
  if (wanted) goTo(Number(wanted[1]));
  window.addEventListener("hashchange", () => {
    const line = /^#L(\d+)$/.exec(location.hash);
    if (line) goTo(Number(line[1]));
  });
}

function copyButton(button) {
  const source = button.parentElement.querySelector("pre");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      button.textContent = "Selected";
    }
  });
}

for (const form of document.querySelectorAll("form.filter")) filterTable(form);
for (const view of document.querySelectorAll(".viewer")) showConsole(view);
for (const button of document.querySelectorAll("button.copy")) copyButton(button);
