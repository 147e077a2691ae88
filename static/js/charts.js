/* Draws each <div data-chart="ID"> from the option in <script id="ID" type="application/json">. */
(function () {
  "use strict";

  var PRINT_WIDTH = 640;

  function each(act) {
    Array.prototype.forEach.call(document.querySelectorAll("[data-chart]"), act);
  }

  function draw(box) {
    var chart = echarts.getInstanceByDom(box);
    if (!chart) {
      chart = echarts.init(box, null, { renderer: "svg" });
      chart.setOption(JSON.parse(document.getElementById(box.dataset.chart).textContent));
    }
    return chart;
  }

  // Paper is narrower than most screens: charts are laid out anew for it, as vectors.
  function fit(width) {
    each(function (box) {
      draw(box).resize({ width: width, height: "auto", animation: { duration: 0 } });
      draw(box).getZr().flush();
    });
  }

  document.addEventListener("DOMContentLoaded", function () { each(draw); });
  document.addEventListener("htmx:afterSettle", function () { each(draw); });
  window.addEventListener("beforeprint", function () { fit(PRINT_WIDTH); });
  window.addEventListener("afterprint", function () { fit("auto"); });

  var waiting;
  window.addEventListener("resize", function () {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(function () { fit("auto"); }, 120);
  });
})();
