// What a page that is open does by itself: it follows the station, says when it has lost it, and sends orders once however often their button
// is pressed. Without this file every page works and every form is sent; nothing here decides anything.
"use strict";
(() => {
  const main = document.querySelector("main[data-live]");
  const LOST_AFTER = 5000;
  const SENT_WITHIN = 8000;

  function put(name, html) {
    if (name === "state") main.dataset.state = html;
    else if (name === "clock") main.dataset.clock = html;
    else for (const place of document.querySelectorAll(`[data-part="${name}"]`)) {
      const open = [...place.querySelectorAll("details")].map((details) => details.open);
      place.innerHTML = html;
      place.querySelectorAll("details").forEach((details, at) => { details.open = !!open[at]; });
    }
  }

  function follow() {
    let heard = performance.now();
    let shown = null;
    let lost = false;
    let source;
    const kept = {};
    const hear = (event) => {
      const said = JSON.parse(event.data);
      heard = performance.now();
      shown = { clock: said.clock, at: heard };
      Object.assign(kept, said.parts);
      const news = lost ? kept : said.parts;
      lost = false;
      for (const [name, html] of Object.entries(news)) put(name, html);
    };
    const connect = () => {
      if (source) source.close();
      source = new EventSource(main.dataset.live);
      source.onmessage = hear;
      for (const name of ["state", "clock"]) kept[name] ??= main.dataset[name];
      for (const place of document.querySelectorAll("[data-part]")) kept[place.dataset.part] ??= place.innerHTML;
    };
    const tick = () => {
      if (!lost && performance.now() - heard > LOST_AFTER) {
        lost = true;
        put("state", "lost");
        put("word", document.getElementById("lost-word").innerHTML);
        put("now", document.getElementById("lost-now").innerHTML);
      }
      // A browser that has given up does not try again by itself.
      if (source.readyState === EventSource.CLOSED) connect();
      if (shown && !lost) advance(shown);
    };
    connect();
    setInterval(tick, 1000);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && performance.now() - heard > LOST_AFTER) connect();
    });
  }

  // The clock goes on between two words from the station.
  function advance({ clock, at }) {
    const [hours, minutes, seconds] = clock.split(":").map(Number);
    const all = (hours * 3600 + minutes * 60 + seconds + Math.floor((performance.now() - at) / 1000)) % 86400;
    const two = (n) => String(n).padStart(2, "0");
    document.getElementById("clock").textContent = [all / 3600, (all / 60) % 60, all % 60].map((n) => two(Math.floor(n))).join(":");
  }

  function say(text, good) {
    const said = document.getElementById("said");
    said.textContent = text;
    said.dataset.good = good;
  }

  // An id that no other order has: the next press is another order.
  function freshId() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function send(form) {
    const id = form.elements.id;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
        signal: AbortSignal.timeout(SENT_WITHIN),
      });
      const said = await answer.json();
      say(said.message, said.ok);
      id.value = freshId();
      form.closest("details")?.removeAttribute("open");
    } catch {
      // Nobody answered: pressed again it is the same order.
      say(form.dataset.unsent, false);
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-order]")) return;
    event.preventDefault();
    send(form);
  });

  const count = document.querySelector("[data-countdown]");
  if (count) {
    const timer = setInterval(() => {
      const left = Number(count.textContent) - 1;
      if (left >= 0) count.textContent = left;
      if (left <= 0) { clearInterval(timer); setTimeout(() => location.reload(), 700); }
    }, 1000);
  }
  // A report that is being made.
  const making = document.querySelector("[data-reload]");
  if (making) setTimeout(() => location.reload(), Number(making.dataset.reload));
  if (main) follow();
})();
