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
