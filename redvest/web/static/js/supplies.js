// The receiving form: Enter goes to the next field and at the end to a new line, so that a scanner, which types a code
// and Enter, never sends the form. A known item fills its unit in.
function fields(row) {
  return [...row.querySelectorAll("input, select")].filter((each) => each.offsetParent);
}

function addRow(body) {
  const last = body.querySelector("tr[data-line]:last-of-type");
  const row = last.cloneNode(true);
  for (const field of row.querySelectorAll("input")) field.value = "";
  for (const field of row.querySelectorAll("select")) field.selectedIndex = 0;
  body.append(row);
  return row;
}

function next(field) {
  const row = field.closest("tr");
  const inRow = fields(row);
  const place = inRow.indexOf(field);
  // After the number one usually goes on to the next thing; the rest of the line is reached with Tab.
  if (field.name !== "counted" && place + 1 < inRow.length) return inRow[place + 1];
  let below = row.nextElementSibling;
  while (below && !below.matches("[data-line]")) below = below.nextElementSibling;
  return fields(below ?? addRow(row.parentElement))[0];
}

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || !field.closest?.("[data-lines]")) return;
  event.preventDefault();
  const known = field.name === "item" && unitOf(field);
  const goal = known ? field.closest("tr").querySelector("[name=counted]") : next(field);
  goal.focus();
  goal.select?.();
});

function unitOf(field) {
  const text = field.value.trim();
  const option = [...document.querySelectorAll("#known-items option")].find(
    (each) => each.value === text || each.dataset.code === text,
  );
  if (!option || !text) return "";
  field.value = option.value;
  field.closest("tr").querySelector("[name=unit]").value = option.dataset.unit;
  return option.dataset.unit;
}

document.addEventListener("change", (event) => event.target.name === "item" && unitOf(event.target));
document.querySelector("[data-add-line]")?.addEventListener("click", () => {
  fields(addRow(document.querySelector("[data-lines]")))[0].focus();
});
