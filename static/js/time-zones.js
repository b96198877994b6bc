// Where nobody said their time zone, the browser's own is proposed, and times are shown in it. Works without, in UTC.
(() => {
  "use strict";
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;

  for (const select of document.querySelectorAll("select[data-time-zones]")) {
    if (select.value && select.dataset.timeZones !== "guess") continue;
    // Browsers know some zones by older names.
    if (![...select.options].some((option) => option.value === zone)) select.add(new Option(zone, zone));
    select.value = zone;
  }

  const format = new Intl.DateTimeFormat("en-GB", {
    weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
    hourCycle: "h23", timeZoneName: "shortOffset", timeZone: zone,
  });
  for (const time of document.querySelectorAll("time[data-browser-zone]")) {
    const part = Object.fromEntries(format.formatToParts(new Date(time.dateTime)).map(({ type, value }) => [type, value]));
    time.textContent = `${part.weekday} ${part.day} ${part.month} ${part.year}, ${part.hour}:${part.minute} `
      + part.timeZoneName.replace("GMT", "UTC").replace("-", "−");
  }
  for (const name of document.querySelectorAll("[data-browser-zone-name]")) name.textContent = zone.replaceAll("_", " ");
})();
