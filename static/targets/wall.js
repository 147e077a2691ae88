/* The wall: slides take turns and can be stopped; charts in the colours of the dark page; fresh figures now and then. */
(function () {
  "use strict";

  var SECONDS = 15, ROUNDS_BEFORE_RELOAD = 10;
  var slides = Array.prototype.slice.call(document.querySelectorAll(".slide"));
  var pause = document.getElementById("pause");
  var at = 0, turns = 0, timer = null;

  // The colours stand in wall.css, with those of the rest of the wall.
  function token(name) { return window.getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim(); }

  function darkened(option) {
    var soft = token("soft"), line = token("line"), ink = token("ink"), gold = token("gold");
    var shades = [token("blue"), gold, token("good"), token("bad")];
    function paint(axis) {
      if (!axis) { return; }
      axis.axisLabel = Object.assign({}, axis.axisLabel, { color: soft, fontSize: 18 });
      axis.axisLine = { lineStyle: { color: line } };
      axis.splitLine = { lineStyle: { color: line } };
    }
    [].concat(option.xAxis || [], option.yAxis || []).forEach(paint);
    if (option.legend) { option.legend.textStyle = { color: soft, fontSize: 18 }; }
    (option.series || []).forEach(function (one, number) {
      var colour = shades[number % shades.length];
      one.lineStyle = Object.assign({}, one.lineStyle, { color: colour, width: 4 });
      one.itemStyle = Object.assign({}, one.itemStyle, { color: colour });
      if (one.areaStyle) { one.areaStyle = { color: colour, opacity: 0.15 }; }
      (one.data || []).forEach(function (point) {
        if (point && point.label) { point.label = Object.assign({}, point.label, { color: gold, fontSize: 20 }); }
      });
      if (one.markLine && one.markLine.label) { one.markLine.label.color = ink; one.markLine.label.fontSize = 18; }
      if (one.endLabel) { one.endLabel.color = ink; one.endLabel.fontSize = 20; }
      if (one.label) { one.label.color = ink; one.label.fontSize = 18; }
    });
    option.textStyle = { color: ink };
    return option;
  }

  function draw() {
    Array.prototype.forEach.call(document.querySelectorAll(".slide.shown [data-chart]"), function (box) {
      var chart = echarts.getInstanceByDom(box) || echarts.init(box, null, { renderer: "svg" });
      chart.setOption(darkened(axisNumbers(JSON.parse(document.getElementById(box.dataset.chart).textContent))));
      chart.resize();
    });
  }

  function show(number) {
    at = (number + slides.length) % slides.length;
    slides.forEach(function (slide, n) { slide.classList.toggle("shown", n === at); });
    draw();
  }

  function next() {
    turns += 1;
    if (turns >= ROUNDS_BEFORE_RELOAD * slides.length) { window.location.reload(); return; }
    show(at + 1);
  }

  function run(going) {
    window.clearInterval(timer);
    timer = going ? window.setInterval(next, SECONDS * 1000) : null;
    pause.setAttribute("aria-pressed", String(!going));
    pause.textContent = going ? "暂停轮播" : "继续轮播";
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.body.classList.add("rotating");
    pause.hidden = false;
    show(0);
    run(true);
    pause.addEventListener("click", function () { run(timer === null); });
    document.addEventListener("keydown", function (event) {
      if (event.key === "ArrowRight") { show(at + 1); }
      if (event.key === "ArrowLeft") { show(at - 1); }
    });
    window.addEventListener("resize", draw);
  });
})();
