// Every page works without this file. It counts characters, saves drafts, stops double posts, closes menus.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const thousands = (number) => number.toLocaleString("en");

  // The server counts code points, and a line break as two (CR LF).
  const lengthOf = (text) => [...text.replace(/\r?\n/g, "\r\n")].length;

  function count(field) {
    const counter = document.getElementById(field.dataset.counter);
    if (!counter) return;
    const limit = Number(counter.dataset.limit);
    const used = lengthOf(field.value);
    counter.textContent = used > limit
      ? `${thousands(used - limit)} characters too many`
      : `${thousands(used)} of ${thousands(limit)} characters`;
    counter.classList.toggle("is-over", used > limit);
    // Spoken only near the end: a counter that talks at each key is noise.
    counter.setAttribute("aria-live", used > limit * 0.9 ? "polite" : "off");
  }

  function prepareCounters(root) {
    for (const field of all("textarea[data-counter]", root)) {
      // Typing or pasting too much is shown, not cut off: nothing typed is lost.
      field.removeAttribute("maxlength");
      count(field);
    }
  }
  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea[data-counter]")) count(event.target);
  });

  class Autosave {
    constructor(form) {
      this.form = form;
      this.status = document.querySelector("[data-autosave-status]");
      this.changed = new Set();
      this.savedAt = this.timer = null;
      this.saving = false;
      this.wait = 2000;
      form.addEventListener("input", (event) => this.note(event.target));
      form.addEventListener("change", (event) => this.note(event.target));
      // The post itself carries everything; a save that is still waiting must not warn or race.
      form.addEventListener("submit", () => { clearTimeout(this.timer); this.changed.clear(); });
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "hidden") this.save(true);
      });
      window.addEventListener("beforeunload", (event) => {
        if (this.changed.size && this.wait > 2000) event.preventDefault();
      });
      setInterval(() => this.tellAge(), 10000);
    }

    note(field) {
      if (!field.name || field.type === "hidden" || field.type === "file") return;
      this.changed.add(field.name);
      this.schedule();
    }

    schedule() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), this.wait);
    }

    body(names) {
      const typed = new FormData(this.form);
      const body = new FormData();
      body.set("csrfmiddlewaretoken", typed.get("csrfmiddlewaretoken") || "");
      for (const name of names) {
        const values = typed.getAll(name);
        // A box that was unticked sends nothing by itself: the empty value says so.
        if (!values.length) body.append(name, "");
        for (const value of values) body.append(name, value);
      }
      return body;
    }

    async save(leaving = false) {
      clearTimeout(this.timer);
      if (!this.changed.size || this.saving) return;
      const names = [...this.changed];
      this.changed.clear();
      this.saving = true;
      try {
        const response = await fetch(this.form.dataset.autosaveUrl, {
          method: "POST", body: this.body(names), keepalive: leaving,
          credentials: "same-origin", headers: { "X-Requested-With": "fetch" },
        });
        if (response.redirected || response.status === 401 || response.status === 403) throw new Error("signed out");
        if (!response.ok) throw new Error("refused");
        this.savedAt = Date.now();
        this.wait = 2000;
        this.tellAge();
      } catch (error) {
        names.forEach((name) => this.changed.add(name));
        this.wait = Math.min(this.wait * 2, 60000);
        this.say(error.message === "signed out"
          ? "Not saved: you are signed out. Sign in again in another tab; your text stays here."
          : "Not saved yet: no answer from the site. Your text stays here; trying again.");
      } finally {
        this.saving = false;
        if (this.changed.size) this.schedule();
      }
    }

    tellAge() {
      if (!this.savedAt || this.wait > 2000) return;
      const seconds = Math.round((Date.now() - this.savedAt) / 10000) * 10;
      const minutes = Math.floor(seconds / 60);
      this.say(seconds < 10 ? "Saved" : seconds < 60 ? `Saved ${seconds} seconds ago`
        : `Saved ${minutes} minute${minutes === 1 ? "" : "s"} ago`);
    }

    say(text) {
      if (this.status && this.status.textContent !== text) this.status.textContent = text;
    }
  }

  // One post per click. htmx forms arrive here already prevented and guard themselves.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of all("form[data-sent]")) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    }
  });

  // Menus close on Escape, on a click elsewhere and when another opens.
  const closeMenus = (except) => all("details.menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // "/" goes to the search field. A one-key shortcut needs an off switch (WCAG 2.1.4): it stands in the footer.
  const remembered = (value) => {
    try {
      if (value !== undefined) localStorage.setItem("slash", value);
      return localStorage.getItem("slash") !== "off";
    } catch { return value !== "off"; }
  };
  let slash = remembered();
  const searchField = () => all("[data-search]").find((field) => field.offsetParent);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || !slash || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const field = searchField();
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  function offerSwitch() {
    const place = document.querySelector("[data-slash-switch]");
    if (!place) return;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link-button" });
    const label = () => { button.textContent = slash ? "Key “/” goes to search: turn off" : "Key “/” is off: turn on"; };
    button.addEventListener("click", () => { slash = remembered(slash ? "off" : "on"); label(); });
    label();
    place.append(button);
  }

  // A tab that nobody looks at asks for nothing; back in sight, it asks at its next turn.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.matches("[data-poll]")) event.preventDefault();
  });
  // After "Reply" the next thing is to write.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "write-quote") document.querySelector("#write textarea")?.focus();
  });

  prepareCounters(document);
  all("form[data-autosave-url]").forEach((form) => new Autosave(form));
  document.querySelector("[data-focus]")?.focus();
  offerSwitch();
  document.addEventListener("htmx:load", (event) => prepareCounters(event.detail.elt));
})();
