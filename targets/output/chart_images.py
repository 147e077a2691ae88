"""Charts as SVG drawn on the server, for pages without JavaScript and for documents.

The ECharts of the pages, run in QuickJS.
"""

from __future__ import annotations

import json
import threading
from functools import lru_cache
from typing import Any

import dukpy
from django.conf import settings

WIDTH, HEIGHT = 720, 320
# QuickJS has no timers, and ECharts expects these functions to be there.
_NO_TIMERS = "var setTimeout=function(){},clearTimeout=function(){};"
_DRAW = """
var chart = echarts.init(null, null, {
  renderer: 'svg', ssr: true, width: dukpy.width, height: dukpy.height
});
chart.setOption(axisNumbers(JSON.parse(dukpy.option)));
var svg = chart.renderToSVGString();
chart.dispose();
svg
"""
_of_thread = threading.local()


def svg(option: dict[str, Any], *, width: int = WIDTH, height: int = HEIGHT) -> str:
    """The chart as SVG text. Equal options are drawn once per process."""
    # As text, because a dict cannot be the key of a cache.
    return _draw_cached(json.dumps(option, ensure_ascii=False, sort_keys=True), width, height)


@lru_cache(maxsize=256)
def _draw_cached(option: str, width: int, height: int) -> str:
    return str(_engine_of_thread().evaljs(_DRAW, option=option, width=width, height=height))


def _engine_of_thread() -> dukpy.JSInterpreter:
    """The thread's own: an interpreter must not be used by two threads.

    Loading ECharts into it takes half a second, once.
    """
    if not hasattr(_of_thread, "engine"):
        engine = dukpy.JSInterpreter()
        library = (settings.VENDOR_DIR / "echarts.min.js").read_text(encoding="utf-8")
        module = "var module={exports:{}},exports=module.exports;"
        engine.evaljs(f"{_NO_TIMERS}{module}{library};var echarts=module.exports;0")
        axes = settings.BASE_DIR / "static" / "targets" / "axes.js"
        engine.evaljs(f"{axes.read_text(encoding='utf-8')};0")
        _of_thread.engine = engine
    return _of_thread.engine
