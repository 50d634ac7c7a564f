// A row was taken or put aside: the focus goes on to the next one that is still to be looked at.
const rows = document.getElementById("rows");

rows?.addEventListener("htmx:afterSwap", () => {
  rows.querySelector(".pasted-row.is-open .take:not([disabled])")?.focus();
});
rows?.querySelector(".pasted-row.is-open .take:not([disabled])")?.focus();
