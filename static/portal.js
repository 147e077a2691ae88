/* Small helps for every page; without them everything still works. */
(function () {
  "use strict";

  document.documentElement.classList.add("js");

  // A page may have been kept since it was made; its paper says when it was printed, by the clock
  // that all other times of the page follow. The Swedish form is year-month-day hour:minute.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("[data-print-time]").forEach(function (place) {
      var form = { timeZone: place.dataset.printTime, dateStyle: "short", timeStyle: "short" };
      place.textContent = new Date().toLocaleString("sv-SE", form);
    });
  });

  // A select or date of a form marked data-auto-submit takes effect at once.
  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute("data-auto-submit") && form.checkValidity()) { form.submit(); }
  });

  // Files that the server would cut off in the middle are refused before they are sent.
  document.addEventListener("change", function (event) {
    var input = event.target, most = Number(input.getAttribute("data-max-bytes")), all = Number(input.getAttribute("data-max-total"));
    if (!most || !input.files) { return; }
    var total = 0, tooLarge = "";
    for (var i = 0; i < input.files.length; i += 1) {
      total += input.files[i].size;
      if (input.files[i].size > most) { tooLarge = "“" + input.files[i].name + "”超过" + most / 1e6 + " MB，请拆分后上传。"; }
    }
    if (!tooLarge && total > all) { tooLarge = "所选文件合计超过" + all / 1e6 + " MB，请分几次上传。"; }
    input.setCustomValidity(tooLarge);
    if (tooLarge) { input.reportValidity(); }
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) { window.print(); }
  });

  // Of the bar's menus one is open at a time: it closes when the person goes on to something else, or presses Esc.
  function closeMenusWithout(element) {
    document.querySelectorAll(".menu[open]").forEach(function (menu) {
      if (!element || !menu.contains(element)) { menu.open = false; }
    });
  }
  ["click", "focusin"].forEach(function (moment) {
    document.addEventListener(moment, function (event) { closeMenusWithout(event.target); });
  });
  document.addEventListener("keydown", function (event) {
    var open = document.querySelector(".menu[open]") || document.querySelector(".menu-switch[open]");
    if (event.key !== "Escape" || !open) { return; }
    open.open = false;
    // The focus would be lost with the entry it was on.
    if (document.activeElement.closest(".masthead")) { open.querySelector("summary").focus(); }
  });
})();
