/** The frame: phone menu and dismissible messages. Everything here is an extra; pages work without it. */

const button = document.querySelector("[data-menu-button]");
const menu = document.getElementById("site-menu");

function setMenu(open) {
  button.setAttribute("aria-expanded", String(open));
  menu.toggleAttribute("data-open", open);
}

if (button && menu) {
  button.addEventListener("click", () => setMenu(button.getAttribute("aria-expanded") !== "true"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.hasAttribute("data-open")) {
      setMenu(false);
      button.focus();
    }
  });
}

for (const message of document.querySelectorAll("[data-dismissible]")) {
  const close = message.querySelector("[data-dismiss]");
  close.hidden = false;
  close.addEventListener("click", () => {
    message.remove();
    document.getElementById("main")?.focus();
  });
}

/** Pages of the tool box that this device keeps for use without a network are those of whoever is signed in. */
async function keepFor(user) {
  try {
    if (localStorage.getItem("signed-in") === user) return;
    const kept = await navigator.serviceWorker?.getRegistration("/toolbox/");
    kept?.active?.postMessage("fill");
    localStorage.setItem("signed-in", user);
  } catch { /* without storage or worker nothing is kept */ }
}

if (document.body.dataset.signedIn) keepFor(document.body.dataset.signedIn);
