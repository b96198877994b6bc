// Choosing a rule puts its standard words into the field, unless somebody has written there.
(() => {
  let standard = "";
  document.addEventListener("change", (event) => {
    if (!event.target.matches(".m-refuse [name=reason_code]")) return;
    const field = event.target.form.elements.statement;
    if (field.value.trim() && field.value !== standard) return;
    standard = event.target.selectedOptions[0].dataset.statement || "";
    field.value = standard;
  });
  document.addEventListener("DOMContentLoaded", () => document.getElementById("preview")?.focus());
})();
