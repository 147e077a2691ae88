/* Draws each <div data-chart="ID"> from the option in <script id="ID" type="application/json">. */
(function () {
  "use strict";

  var PAPER = { half: 296, whole: 640, high: 236, low: 130 };  // pixels; the heights also stand in portal.css

  function each(act) {
    Array.prototype.forEach.call(document.querySelectorAll("[data-chart]"), act);
  }

  function draw(box) {
    var chart = echarts.getInstanceByDom(box);
    if (!chart) {
      chart = echarts.init(box, null, { renderer: "svg" });
      chart.setOption(axisNumbers(JSON.parse(document.getElementById(box.dataset.chart).textContent)));
    }
    return chart;
  }

  // Paper is narrower than most screens: charts are laid out anew for it, as vectors, before the browser measures it.
  function fit(forPaper) {
    each(function (box) {
      var width = PAPER[box.closest(".columns") ? "half" : "whole"];
      var height = PAPER[box.classList.contains("chart-low") ? "low" : "high"];
      draw(box).resize(forPaper ? { width: width, height: height } : { width: "auto", height: "auto" });
      draw(box).getZr().flush();
    });
  }

  document.addEventListener("DOMContentLoaded", function () { each(draw); });
  // What was shut had no width to be drawn in.
  document.addEventListener("toggle", function () { fit(false); }, true);
  document.addEventListener("htmx:afterSettle", function () { each(draw); });
  window.addEventListener("beforeprint", function () { fit(true); });
  window.addEventListener("afterprint", function () { fit(false); });

  var waiting;
  window.addEventListener("resize", function () {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(function () { fit(false); }, 120);
  });
})();
