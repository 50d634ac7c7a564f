// The roster grid by keyboard and by dragging. The server draws every cell and decides everything; this only asks it:
// Enter opens a cell, P pins, Delete takes off, Ctrl+Z undoes, arrows move, a dropped chip asks what the move would bring.
const table = () => document.querySelector("[data-roster]");
const may = () => table()?.hasAttribute("data-may");
let place = null; // where the focus was, to find it again after the grid was drawn anew
let dragged = null;

function ask(path, values) {
  const query = new URLSearchParams({ ...values, view: table().dataset.view });
  window.htmx.ajax("GET", `${path}?${query}`, { target: "#dialogs" });
}

function send(path, values) {
  const { revision, view } = table().dataset;
  window.htmx.ajax("POST", path, { source: table(), target: "#roster", swap: "outerHTML", values: { revision, view, ...values } });
}

function open(cell, chip) {
  const { cell: path } = table().dataset;
  if (chip) ask(path, { person: chip.dataset.p, shift: chip.dataset.s });
  else if (cell.dataset.shift) ask(path, { shift: cell.dataset.shift });
  else if (cell.dataset.p && may()) ask(path, { person: cell.dataset.p, day: cell.dataset.d });
}

// --- where the focus is -----------------------------------------------------------------------------------------
function keyOf(cell) {
  return { row: cell.parentElement.rowIndex, column: cell.cellIndex, person: cell.dataset.p, day: cell.dataset.d };
}

function focus(cell) {
  if (!cell) return;
  for (const other of table().querySelectorAll('td[tabindex="0"]')) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function step(cell, rows, columns) {
  let row = cell.parentElement;
  for (let left = Math.abs(rows); left > 0; ) {
    row = rows > 0 ? row.nextElementSibling : row.previousElementSibling;
    if (!row) return;
    if (!row.hidden && row.matches(":not(.block)") && row.offsetParent) left -= 1;
  }
  const at = Math.min(Math.max(cell.cellIndex + columns, 1), row.cells.length - 1);
  focus(row.cells[at]);
}

function onKey(event) {
  const cell = event.target.closest?.("[data-roster] td");
  if (event.key === "z" && (event.ctrlKey || event.metaKey) && !event.target.matches("input, textarea")) {
    const undo = document.querySelector("form[data-undo]");
    if (undo) {
      event.preventDefault();
      undo.requestSubmit();
    }
    return;
  }
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const chips = [...cell.querySelectorAll(".duty:not(.locked)")];
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -99], End: [0, 99] };
  if (moves[event.key]) step(cell, ...moves[event.key]);
  else if (event.key === "Enter" && event.target === cell) open(cell, cell.querySelector(".duty"));
  else if (event.key.toLowerCase() === "p" && may() && chips.length) pin(chips);
  else if (event.key === "Delete" && may() && chips.length) send(table().dataset.change, { remove: chips.map(pairOf) });
  else return;
  event.preventDefault();
}

const pairOf = (chip) => `${chip.dataset.p}:${chip.dataset.s}`;

function pin(chips) {
  const pinned = chips.every((chip) => chip.hasAttribute("data-pinned")) ? "0" : "1";
  send(table().dataset.pin, { cell: chips.map(pairOf), pinned });
}

// --- dragging ---------------------------------------------------------------------------------------------------
function onDragStart(event) {
  dragged = event.target.closest?.(".duty[draggable]");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", pairOf(dragged));
  dragged.classList.add("dragged");
}

function landing(event) {
  const cell = dragged && event.target.closest?.("[data-roster] td");
  return cell && (cell.dataset.p || cell.dataset.shift) ? cell : null;
}

function onDragOver(event) {
  const cell = landing(event);
  for (const other of document.querySelectorAll("td.over")) if (other !== cell) other.classList.remove("over");
  if (!cell) return;
  event.preventDefault();
  cell.classList.add("over");
}

function onDrop(event) {
  const cell = landing(event);
  if (!cell) return;
  event.preventDefault();
  const { p, s } = dragged.dataset;
  if (cell.contains(dragged)) return;
  if (cell.dataset.p) ask(table().dataset.preview, { drag: `${p}:${s}`, to: cell.dataset.p, day: cell.dataset.d });
  else ask(table().dataset.preview, { add: `${p}:${cell.dataset.shift}`, remove: `${p}:${s}` });
}

function onDragEnd() {
  dragged?.classList.remove("dragged");
  for (const cell of document.querySelectorAll("td.over")) cell.classList.remove("over");
  dragged = null;
}

// --- remarks and filters ----------------------------------------------------------------------------------------
function goTo(button) {
  const { person, shift } = button.dataset;
  const chip = shift && table().querySelector(person ? `.duty[data-p="${person}"][data-s="${shift}"]` : `.duty[data-s="${shift}"]`);
  const cell = chip?.closest("td") ?? (shift && table().querySelector(`td[data-shift="${shift}"]`));
  const row = person && table().querySelector(`td[data-p="${person}"]`)?.parentElement;
  const byDay = row && button.dataset.day !== "" ? row.cells[Number(button.dataset.day) + 1] : row?.cells[1];
  if (!person && shift) ask(table().dataset.cell, { shift });
  const phone = table().offsetParent === null;
  if (!phone) focus(cell ?? byDay);
}

function onClick(event) {
  const goto = event.target.closest?.("[data-goto]");
  if (goto && table()) return goTo(goto);
  const cell = event.target.closest?.("[data-roster] td");
  if (!cell) return;
  focus(cell);
  open(cell, event.target.closest(".duty"));
}

function onChange(event) {
  if (event.target.matches?.("[data-only-remarked]")) table().classList.toggle("only-remarked", event.target.checked);
}

function onFocus(event) {
  const cell = event.target.closest?.("[data-roster] td");
  if (cell) place = keyOf(cell);
}

function afterDrawing(event) {
  if (event.target.id === "roster-day") event.target.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  if (event.target.id !== "roster") return;
  const first = table()?.querySelector("tbody td");
  if (first) first.tabIndex = 0;
  if (!place || document.querySelector("dialog[open]")) return;
  const same = place.person && table().querySelector(`td[data-p="${place.person}"][data-d="${place.day}"]`);
  const cell = same || table().rows[place.row]?.cells[place.column];
  if (cell?.matches("td")) focus(cell);
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
document.addEventListener("change", onChange);
document.addEventListener("focusin", onFocus);
document.addEventListener("dragstart", onDragStart);
document.addEventListener("dragover", onDragOver);
document.addEventListener("drop", onDrop);
document.addEventListener("dragend", onDragEnd);
document.addEventListener("htmx:afterSettle", afterDrawing);
const first = table()?.querySelector("tbody td");
if (first) first.tabIndex = 0;
