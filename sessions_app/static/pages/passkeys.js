// Passkeys: asks the browser to make one or to show one, and sends what it says with the page's form.

import { find, setText } from "lectern/base/dom.js";
import { gettext } from "lectern/base/words.js";

const form = find("form[data-passkey]");
const fault = find("#passkey-fault");

function toBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function toText(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const named = (list = []) => list.map((one) => ({ ...one, id: toBytes(one.id) }));

async function make({ publicKey }) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: named(publicKey.excludeCredentials),
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    },
  });
  return {
    ...common(credential),
    response: {
      clientDataJSON: toText(credential.response.clientDataJSON),
      attestationObject: toText(credential.response.attestationObject),
      transports: credential.response.getTransports?.() ?? [],
    },
  };
}

async function show({ publicKey }) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: named(publicKey.allowCredentials),
    },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response;
  return {
    ...common(credential),
    response: {
      clientDataJSON: toText(clientDataJSON),
      authenticatorData: toText(authenticatorData),
      signature: toText(signature),
      userHandle: userHandle ? toText(userHandle) : null,
    },
  };
}

function common(credential) {
  return {
    type: credential.type,
    id: credential.id,
    rawId: toText(credential.rawId),
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

// On the sign-in page the question is asked only when the button is pressed: each one is good once.
async function options() {
  if (form.dataset.passkey !== "sign-in") return JSON.parse(find("#passkey-options").textContent);
  const response = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return (await response.json()).request_options;
}

function explain(error) {
  if (error.name === "InvalidStateError") return gettext("This device has a passkey for your account already.");
  if (error.name === "NotAllowedError") return gettext("That was cancelled, or it took too long. Try again.");
  return gettext("That did not work. Try again, or sign in another way.");
}

async function submit(event) {
  event.preventDefault();
  setText(fault, "");
  const button = find("button[type=submit]", form);
  button.disabled = true;
  try {
    const question = await options();
    const credential = form.dataset.passkey === "create" ? await make(question) : await show(question);
    find("[name=credential]", form).value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    setText(fault, explain(error));
    button.disabled = false;
  }
}

if (form && window.PublicKeyCredential) {
  form.hidden = false;
  form.addEventListener("submit", submit);
} else {
  find("#no-passkeys")?.removeAttribute("hidden");
}
