/* Small helps for every page; without them everything still works. */
(function () {
  "use strict";

  document.documentElement.classList.add("js");

  // A select or date of a form marked data-auto-submit takes effect at once.
  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute("data-auto-submit") && form.checkValidity()) { form.submit(); }
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) { window.print(); }
  });
})();
