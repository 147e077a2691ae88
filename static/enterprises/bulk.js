/* Counts the ticks of a list, ticks all of the page, and ranges with Shift. The list works without it. */
(function () {
  "use strict";

  function watch(form) {
    if (form.dataset.watched) { return; }
    form.dataset.watched = "1";
    var ticks = Array.prototype.slice.call(form.querySelectorAll("input[name='firm']"));
    var count = form.querySelector("[data-bulk-count]"), all = form.querySelector("[data-bulk-all]"), last = null;

    function show() {
      var chosen = ticks.filter(function (tick) { return tick.checked; });
      if (count) { count.textContent = "已选 " + chosen.length + " 家"; }
      if (all) {
        all.checked = chosen.length === ticks.length && ticks.length > 0;
        all.indeterminate = chosen.length > 0 && chosen.length < ticks.length;
      }
      ticks.forEach(function (tick) {
        var row = tick.closest("tr");
        if (row) { row.classList.toggle("chosen", tick.checked); }
      });
    }

    form.addEventListener("click", function (event) {
      var place = ticks.indexOf(event.target);
      if (place < 0) { return; }
      if (event.shiftKey && last !== null) {
        ticks.slice(Math.min(last, place), Math.max(last, place) + 1).forEach(function (tick) {
          tick.checked = event.target.checked;
        });
      }
      last = place;
    });
    form.addEventListener("change", function (event) {
      if (event.target === all) { ticks.forEach(function (tick) { tick.checked = all.checked; }); }
      show();
    });
    // Ticks that the browser kept from before.
    show();
  }

  function watchAll() { document.querySelectorAll("form[data-bulk]").forEach(watch); }

  watchAll();
  // A list that htmx puts in place of another.
  document.addEventListener("htmx:afterSettle", watchAll);
})();
