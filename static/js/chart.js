// [data-chart] = {names, bars: {label, values}, line: {label, values}}: columns and, on an axis of its own, a rate. The table below it says
// the same, so without a script nothing is missing.
(() => {
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--ml-${name}`).trim();
  const axis = () => ({ color: token("ink-3"), fontSize: 12, fontFamily: token("font") });
  const option = (data) => ({
    animation: false,
    textStyle: { fontFamily: token("font"), fontSize: 13, color: token("ink-2") },
    color: [token("c1"), token("c3")],
    grid: { left: 8, right: 8, top: 40, bottom: 4, containLabel: true },
    legend: { top: 0, right: 0, itemWidth: 10, itemHeight: 10, itemGap: 16, icon: "roundRect", textStyle: { color: token("ink-2"), fontSize: 13 } },
    // The library's HTML tooltip carries inline styles, which the content policy refuses.
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: { type: "category", data: data.names, axisTick: { show: false }, axisLine: { lineStyle: { color: token("line-strong") } }, axisLabel: { ...axis(), interval: 0, width: data.names.length > 10 ? 60 : 96, overflow: "truncate" } },
    yAxis: [
      { type: "value", minInterval: 1, axisLabel: axis(), splitLine: { lineStyle: { color: token("line") } } },
      { type: "value", min: 0, max: 100, axisLabel: { ...axis(), formatter: "{value}%" }, splitLine: { show: false } },
    ],
    series: [
      { name: data.bars.label, type: "bar", data: data.bars.values, barMaxWidth: 36 },
      { name: data.line.label, type: "line", yAxisIndex: 1, data: data.line.values, symbolSize: 7, connectNulls: false },
    ],
  });
  const draw = (box) => {
    if (!window.echarts || box.dataset.drawn) return;
    box.dataset.drawn = "1";
    const chart = window.echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(option(JSON.parse(box.dataset.chart)));
    window.addEventListener("resize", () => chart.resize());
  };
  const all = () => document.querySelectorAll("[data-chart]").forEach(draw);
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:afterSwap", all);
  all();
})();
