/** A message on the screen counts as read: its own POST says so, and the button goes. */

const holder = document.querySelector("[data-mark-read]");
if (holder) {
  const answer = await fetch(holder.dataset.markRead, {
    method: "POST",
    body: new URLSearchParams(new FormData(holder.querySelector("form"))),
    headers: { "X-Requested-With": "fetch" },
    credentials: "same-origin",
  }).catch(() => null);
  if (answer?.ok) holder.remove();
}
