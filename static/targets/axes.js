/* Numbers on the axes of charts as in the text: thousands are set apart from 10,000 on (parks/numbers.py).
   ECharts itself would do so from 1,000 on. Also run on the server, for charts that are drawn there. */
function axisNumbers(option) {
  "use strict";

  function written(value) {
    var text = String(Math.abs(value));
    if (Math.abs(value) >= 10000) { text = text.replace(/\B(?=(\d{3})+$)/g, ","); }
    return value < 0 ? "−" + text : text;
  }

  [option.xAxis, option.yAxis].forEach(function (axis) {
    if (axis && axis.type === "value") {
      axis.axisLabel = axis.axisLabel || {};
      axis.axisLabel.formatter = written;
    }
  });
  return option;
}
