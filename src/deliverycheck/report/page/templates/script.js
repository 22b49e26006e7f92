// What a script adds: replay, filters, and links to a step. Everything it shows is on the page
// already; it knows nothing of protocols.
"use strict";
(() => {
  const later = (run, now) => {
    for (const one of run.querySelectorAll(".whole [data-step], .lanes [data-step], .strip [data-step], .changes [data-step]")) {
      const step = Number(one.dataset.step);
      one.classList.toggle("later", step > now);
      one.classList.toggle("current", step === now);
    }
  };

  const replay = (run) => {
    const bar = run.querySelector(".replay");
    const items = [...run.querySelectorAll("ol.story.whole > li")];
    if (!bar || !items.length) return;
    const last = items.length;
    const [first, back, on, end] = bar.querySelectorAll("button");
    const range = bar.querySelector("input");
    const line = bar.querySelector(".line");
    let now = null;

    const show = (step, remember = true) => {
      now = Math.max(0, Math.min(last, step));
      run.classList.add("replaying");
      later(run, now);
      const text = now ? `${now}. ${items[now - 1].textContent.trim()}` : "At the start: nothing has happened.";
      range.value = String(now);
      range.setAttribute("aria-valuetext", now ? `step ${now} of ${last}` : "start");
      line.textContent = text;
      // Not `disabled`: a button that is would lose the focus, and the keys with it.
      for (const [button, done] of [[first, now === 0], [back, now === 0], [on, now === last], [end, now === last]]) {
        button.setAttribute("aria-disabled", String(done));
      }
      if (remember) history.replaceState(null, "", `#${run.id}-step-${now}`);
    };
    const at = () => (now === null ? 0 : now);

    first.addEventListener("click", () => show(0));
    back.addEventListener("click", () => show(at() - 1));
    on.addEventListener("click", () => show(at() + 1));
    end.addEventListener("click", () => show(last));
    range.addEventListener("input", () => show(Number(range.value)));
    bar.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const jump = { ArrowLeft: at() - 1, ArrowRight: at() + 1, Home: 0, End: last }[event.key];
      const digit = /^[0-9]$/.test(event.key) ? Number(event.key) : undefined;
      const step = jump ?? digit;
      if (step === undefined) return;
      event.preventDefault();
      show(step);
    });
    for (const link of run.querySelectorAll("ol.story.whole a")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        show(Number(link.closest("li").dataset.step));
      });
    }
    bar.hidden = false;
    return show;
  };

  const runs = new Map();
  for (const run of document.querySelectorAll(".run[id]")) {
    const show = replay(run);
    if (show) runs.set(run.id, show);
  }

  const follow = () => {
    const found = /^#(.+)-step-(\d+)$/.exec(location.hash); // the page's ids need no decoding
    const show = found && runs.get(found[1]);
    if (!show) return;
    show(Number(found[2]), false);
    document.getElementById(found[1]).scrollIntoView();
  };
  addEventListener("hashchange", follow);
  addEventListener("load", follow); // after the browser has jumped to the step by itself

  for (const tools of document.querySelectorAll(".tools")) {
    const table = document.getElementById(tools.dataset.table);
    const all = tools.querySelector("button");
    const search = tools.querySelector("input");
    if (all) {
      all.addEventListener("click", () => {
        const on = table.classList.toggle("all");
        all.setAttribute("aria-pressed", String(on));
      });
    }
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase();
      if (tools.dataset.by === "column") {
        const heads = [...table.tHead.rows[0].cells];
        heads.forEach((head, at) => {
          const hide = at > 0 && !head.textContent.toLowerCase().includes(wanted);
          for (const row of table.rows) row.cells[at].hidden = hide;
        });
      } else {
        for (const row of table.tBodies[0].rows) {
          row.hidden = !row.textContent.toLowerCase().includes(wanted);
        }
      }
    });
    tools.hidden = false;
  }
})();
