// The moderation panel. Every page works without it as plain forms; here are the keys, the hold and the countdown.
(() => {
  const SWITCH = "moderation-keys";
  const KEEP_EVERY = 4 * 60 * 1000; // a hold lasts ten minutes
  let standard = "";

  // Choosing a rule puts its standard words into the field, unless somebody has written there.
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[name=reason_code]")) return;
    const field = event.target.form.elements.statement;
    if (field.value.trim() && field.value !== standard) return;
    standard = event.target.selectedOptions[0].dataset.statement || "";
    field.value = standard;
  });

  // --- Keys ------------------------------------------------------------------------------

  const keysAreOn = () => {
    try {
      return localStorage.getItem(SWITCH) !== "off";
    } catch {
      return true;
    }
  };

  const remember = (isOn) => {
    try {
      localStorage.setItem(SWITCH, isOn ? "on" : "off");
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  };

  const isWriting = (target) =>
    target instanceof Element && target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  const rows = () => [...document.querySelectorAll("[data-row]")];

  const step = (by) => {
    const links = rows();
    if (!links.length) return;
    const at = links.indexOf(document.activeElement.closest(".m-row")?.querySelector("[data-row]"));
    const to = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
    links[Math.max(0, Math.min(links.length - 1, to))].focus();
  };

  const press = (key) => {
    const target = document.querySelector(`[data-key="${key}"]`);
    if (!target) return false;
    if (target.matches("select")) {
      target.focus();
      target.scrollIntoView({ block: "center" });
    } else {
      target.click();
    }
    return true;
  };

  const inRow = () => document.activeElement.closest(".m-row");

  const act = {
    j: () => press("j") || step(1),
    k: () => press("k") || step(-1),
    o: () => press("o") || inRow()?.querySelector("[data-row]").click(),
    x: () => inRow()?.querySelector("[type=checkbox]")?.click(),
    a: () => press("a"),
    r: () => press("r"),
    u: () => press("u"),
    "?": () => help(),
  };

  const help = () => {
    const dialog = document.getElementById("keys");
    if (dialog.open) dialog.close();
    else dialog.showModal();
  };

  document.addEventListener("keydown", (event) => {
    const page = document.querySelector("[data-keys]");
    if (!page || event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const button = event.target.closest?.("form")?.querySelector("[data-submit]");
      if (!button || !keysAreOn()) return;
      event.preventDefault();
      button.click();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!Object.hasOwn(act, key) || isWriting(event.target) || !keysAreOn()) return;
    if (document.querySelector("dialog[open]") && key !== "?") return;
    event.preventDefault();
    act[key]();
  });

  const showKeys = () => {
    document.documentElement.classList.toggle("m-no-keys", !keysAreOn());
    const toggle = document.getElementById("keys-on");
    if (!toggle) return;
    toggle.checked = keysAreOn();
    toggle.addEventListener("change", () => {
      remember(toggle.checked);
      document.documentElement.classList.toggle("m-no-keys", !toggle.checked);
    });
    document.querySelectorAll("[data-keys-only]").forEach((each) => {
      each.hidden = false;
    });
    document.querySelector('[data-key="?"]').addEventListener("click", help);
  };

  // --- Selecting several -----------------------------------------------------------------

  const countSelected = () => {
    const place = document.querySelector("[data-selected-count]");
    if (!place) return;
    const form = place.closest("form");
    const n = form.querySelectorAll("[name=items]:checked").length;
    place.textContent = `(${n} selected)`;
    form.classList.toggle("has-selection", n > 0);
  };

  // A batch without anything in it, or a refusal without its rule, is said here, not by a round trip.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".m-bulk-form")) return;
    const form = event.target;
    const rule = form.elements.reason_code;
    const refuses = event.submitter?.value === "refuse";
    rule.setCustomValidity(refuses && !rule.value ? "Choose the rule that they break." : "");
    if (!form.querySelector("[name=items]:checked")) {
      event.preventDefault();
      document.querySelector("[data-selected-count]").textContent = "(select at least one)";
    } else if (!rule.checkValidity()) {
      event.preventDefault();
      rule.reportValidity();
    }
  });

  // --- The hold --------------------------------------------------------------------------

  const keepHold = async (form) => {
    if (document.hidden) return;
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    }).catch(() => null);
    if (!answer?.ok) return;
    const { until } = await answer.json();
    form.querySelector("[role=status]").textContent = until
      ? `Yours until ${until} UTC: nobody else can decide it before.`
      : "Another moderator has it before them: load the page again.";
    form.querySelector("button").hidden = Boolean(until);
  };

  // --- The countdown ---------------------------------------------------------------------

  const countDown = (section) => {
    const place = section.querySelector("[data-countdown]");
    const left = Math.ceil(section.dataset.left - performance.now() / 1000);
    if (left > 0) {
      place.textContent = `in ${left} second${left === 1 ? "" : "s"}`;
      setTimeout(countDown, 1000, section);
    } else {
      place.textContent = "now";
      section.querySelector("form").hidden = true;
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    showKeys();
    countSelected();
    document.addEventListener("change", countSelected);
    document.getElementById("preview")?.focus();
    document.querySelectorAll("[data-left]").forEach(countDown);
    const hold = document.querySelector("[data-hold]");
    if (hold) {
      keepHold(hold);
      setInterval(keepHold, KEEP_EVERY, hold);
    }
  });
})();
