// Pages that hold no line to the server say when the device has none, and send nothing into it.

const place = document.querySelector("#offline");

function tell() {
  place.textContent = navigator.onLine ? "" : place.dataset.words;
}

for (const change of ["offline", "online"]) addEventListener(change, tell);
addEventListener("submit", (event) => {
  if (!navigator.onLine) event.preventDefault();
  tell();
});
tell();
