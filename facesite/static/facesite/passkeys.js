// Says on the page why a passkey did not work; django-allauth's scripts only write it to the console.
// @ts-check
(() => {
  const SAID = /** @type {Record<string, string>} */ ({
    NotAllowedError: "It was cancelled, or took too long. Try once more.",
    InvalidStateError: "This passkey is already added.",
    SecurityError: "Passkeys work only where the site is opened by its name over HTTPS, or as localhost.",
  });

  document.addEventListener("allauth.error", (event) => {
    const notice = /** @type {HTMLElement|null} */ (document.querySelector("[data-passkey-failed]"));
    const failed = /** @type {CustomEvent<{exception: Error}>} */ (event).detail.exception;
    if (!notice) return;
    event.preventDefault(); // it is said here
    notice.textContent = SAID[failed.name] ?? "This browser could not use a passkey here. Use a code instead.";
    notice.hidden = false;
  });
})();
