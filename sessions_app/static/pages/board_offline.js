// Without a line a form would lead to the browser's own page of errors, and the board would be gone.

import { OFFLINE } from "lectern/base/socket.js";

export function stayWhileOffline(line, trouble) {
  const stay = (event) => {
    if (line.state !== "offline" && navigator.onLine) return;
    event.preventDefault();
    event.stopPropagation();
    const what = event.submitter?.innerText.trim().replace(/\s+/g, " ");
    trouble.reply({ success: false, error: OFFLINE }, what);
  };
  addEventListener("submit", stay, { capture: true });
}
