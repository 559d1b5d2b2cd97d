// Asks the browser for a passkey and sends its answer with the form of the button.

import { each, element } from "./dom.js";

const LACKS = { NotAllowedError: "The passkey was not confirmed. Try again and follow the instructions in your browser or on your phone.", InvalidStateError: "This device already has a passkey for your account.", SecurityError: "Passkeys do not work at this address." };

function offerPasskey(button) {
  if (!window.PublicKeyCredential || !window.isSecureContext) return;
  const form = button.form;
  button.hidden = false;
  document.querySelectorAll("[data-passkey-with]").forEach((found) => { found.hidden = false; });
  document.querySelectorAll("[data-passkey-lack]").forEach((found) => { found.hidden = true; });
  const trouble = element("p", { className: "passkey-trouble", role: "alert", hidden: true });
  button.after(trouble);
  let busy = false;
  button.addEventListener("click", async (event) => {
    if (form.elements.passkey_answer) return; // the second click comes from this script and sends the form
    event.preventDefault();
    if (busy) return;
    busy = true;
    trouble.hidden = true;
    try {
      const { options, state } = await question(button.dataset.passkey);
      const key = "passkeyNew" in button.dataset ? await create(options) : await get(options);
      carry(form, "passkey_state", state);
      carry(form, "passkey_answer", JSON.stringify(key));
      form.requestSubmit(button);
    } catch (error) {
      trouble.textContent = LACKS[error.name] ?? "The passkey did not work. Reload the page and try again.";
      trouble.hidden = false;
    } finally {
      busy = false;
    }
  });
  addEventListener("pageshow", () => form.querySelectorAll("[name^=passkey_]").forEach((found) => found.remove()));
}

async function question(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" }, redirect: "error" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

async function create({ publicKey }) {
  publicKey.challenge = bytes(publicKey.challenge);
  publicKey.user.id = bytes(publicKey.user.id);
  for (const known of publicKey.excludeCredentials ?? []) known.id = bytes(known.id);
  const made = await navigator.credentials.create({ publicKey });
  const { attestationObject, clientDataJSON } = made.response;
  const transports = made.response.getTransports?.();
  return { ...named(made), response: { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON), transports } };
}

async function get({ publicKey }) {
  publicKey.challenge = bytes(publicKey.challenge);
  for (const known of publicKey.allowCredentials ?? []) known.id = bytes(known.id);
  const found = await navigator.credentials.get({ publicKey });
  const { authenticatorData, clientDataJSON, signature, userHandle } = found.response;
  const response = { authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature) };
  if (userHandle) response.userHandle = text(userHandle);
  return { ...named(found), response };
}

function named(key) {
  return { id: key.id, rawId: text(key.rawId), type: key.type, extensions: {} };
}

function carry(form, name, value) {
  form.append(element("input", { type: "hidden", name, value }));
}

// Decodes base64url without padding.
function bytes(encoded) {
  const plain = encoded.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

each("button[data-passkey]", offerPasskey);
