/* Of a firm that is not listed, only what the chosen reason asks for is shown; without this, all of it always is. */
(function () {
  "use strict";

  var DATED = ["moved", "closed", "left"];

  function fit(select) {
    var fields = select.closest(".asked-fields");
    var day = fields && fields.querySelector(".asked-day"), unit = fields && fields.querySelector(".asked-to_unit");
    if (day) { day.hidden = DATED.indexOf(select.value) < 0; }
    if (unit) { unit.hidden = select.value !== "moved"; }
  }

  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll(".asked-word select"), function (select) {
      fit(select);
      select.addEventListener("change", function () { fit(select); });
    });
  });
})();
