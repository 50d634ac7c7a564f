// <button data-confirm="Sentence?" data-confirm-yes="Stand down"> asks first, in a real dialog, for htmx and plain forms.
// The dialog is #confirm of the base templates; the button gets the focus back.
function ask(trigger) {
  const dialog = document.getElementById("confirm");
  if (!dialog?.showModal) return Promise.resolve(window.confirm(trigger.dataset.confirm));
  dialog.querySelector("[data-confirm-text]").textContent = trigger.dataset.confirm;
  const yes = dialog.querySelector("[value=yes]");
  yes.textContent = trigger.dataset.confirmYes || yes.dataset.word;
  dialog.returnValue = "";
  dialog.showModal();
  dialog.querySelector("[value=no]").focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        trigger.focus({ preventScroll: true });
        resolve(dialog.returnValue === "yes");
      },
      { once: true },
    );
  });
}

function onHtmx(event) {
  const submitter = event.detail.triggeringEvent?.submitter;
  const trigger = [submitter, event.target].find((element) => element?.matches?.("[data-confirm]"));
  if (!trigger) return;
  event.preventDefault();
  ask(trigger).then((yes) => yes && event.detail.issueRequest(true));
}

function onSubmit(event) {
  const form = event.target;
  const trigger = [event.submitter, form].find((element) => element?.matches("[data-confirm]"));
  if (!trigger || form.matches("[hx-post], [hx-get], [hx-delete]") || form.dataset.confirmed) return;
  event.preventDefault();
  ask(trigger).then((yes) => {
    if (!yes) return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(event.submitter);
    delete form.dataset.confirmed;
  });
}

export function start() {
  document.addEventListener("htmx:confirm", onHtmx);
  document.addEventListener("submit", onSubmit);
}
