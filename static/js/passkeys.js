// Says aloud what a browser refuses, which nobody would hear otherwise.
(() => {
  "use strict";
  const ADDRESS = `Browsers take no passkey at ${location.hostname}: they want a name, not a number, and https.`;
  const WHY = {
    SecurityError: ADDRESS,
    NotAllowedError: "The browser gave no passkey: it was cancelled, took too long, or there is none for this site.",
    InvalidStateError: "This device has a key for your account already.",
    NotSupportedError: "This device can't keep such a key.",
  };

  document.addEventListener("allauth.error", (event) => {
    const button = document.querySelector("#passkey_login, [id^=mfa_webauthn_]");
    if (!button) return;
    const why = window.isSecureContext ? WHY[event.detail.exception?.name] : ADDRESS;
    // What isn't foreseen goes to the console as well.
    if (why) event.preventDefault();
    let notice = document.querySelector("[data-passkey-problem]");
    if (!notice) {
      notice = document.createElement("p");
      notice.dataset.passkeyProblem = "";
      notice.className = "notice notice-error";
      notice.setAttribute("role", "alert");
      button.closest(".form-actions").after(notice);
    }
    notice.textContent = why ?? "That didn't work. Please try once more.";
  });
})();
