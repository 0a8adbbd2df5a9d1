// [data-chart] = {names, urls?, …}: {bars: {label, values}, line: {label, values}} columns and, on an axis of its own, a rate; kind "rank"
// {values} bars from the longest on; "share" {values} one bar cut in parts; "stack" {series: [{label, values}]} columns cut in parts. What is
// clicked leads to its list. The table beside it says the same and leads there too, so without a script nothing is missing.
(() => {
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--ml-${name}`).trim();
  const axis = () => ({ color: token("ink-3"), fontSize: 12, fontFamily: token("font") });
  const base = () => ({
    animation: false,
    textStyle: { fontFamily: token("font"), fontSize: 13, color: token("ink-2") },
    // The library's HTML tooltip carries inline styles, which the content policy refuses.
    tooltip: { trigger: "axis", renderMode: "richText" },
  });
  const legend = () => ({ top: 0, right: 0, itemWidth: 10, itemHeight: 10, itemGap: 16, icon: "roundRect", textStyle: { color: token("ink-2"), fontSize: 13 } });
  const categories = (data) => ({ type: "category", data: data.names, axisTick: { show: false }, axisLine: { lineStyle: { color: token("line-strong") } }, axisLabel: { ...axis(), interval: 0, width: data.names.length > 10 ? 60 : 96, overflow: "truncate" } });
  const counts = () => ({ type: "value", minInterval: 1, axisLabel: axis(), splitLine: { lineStyle: { color: token("line") } } });
  const colours = () => ["c1", "c3", "c2", "c4", "c5", "c6"].map(token);
  const columns = (data) => ({
    ...base(),
    color: [token("c1"), token("c3")],
    grid: { left: 8, right: 8, top: 40, bottom: 4, containLabel: true },
    legend: legend(),
    xAxis: categories(data),
    yAxis: [counts(), { type: "value", min: 0, max: 100, axisLabel: { ...axis(), formatter: "{value}%" }, splitLine: { show: false } }],
    series: [
      { name: data.bars.label, type: "bar", data: data.bars.values, barMaxWidth: 36 },
      { name: data.line.label, type: data.line.dots ? "scatter" : "line", yAxisIndex: 1, data: data.line.values, symbolSize: data.line.dots ? 10 : 7, connectNulls: false },
    ],
  });
  // The longest on top, each with its number.
  const rank = (data) => ({
    ...base(),
    tooltip: { show: false },
    grid: { left: 8, right: 48, top: 4, bottom: 0, containLabel: true },
    xAxis: { type: "value", show: false },
    yAxis: { type: "category", inverse: true, data: data.names, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { ...axis(), fontSize: 13, width: 112, overflow: "truncate" } },
    series: [{ type: "bar", barWidth: 12, itemStyle: { borderRadius: 2, color: token("c1") }, label: { show: true, position: "right", color: token("ink"), fontSize: 13 }, data: data.values }],
  });
  // One bar that is all of them.
  const share = (data) => ({
    ...base(),
    color: colours(),
    tooltip: { trigger: "item", renderMode: "richText", formatter: "{a} {c}" },
    grid: { left: 0, right: 0, top: 0, bottom: 0 },
    xAxis: { type: "value", show: false, max: data.values.reduce((sum, value) => sum + value, 0) },
    yAxis: { type: "category", show: false, data: [""] },
    series: data.names.map((name, place) => ({ name, type: "bar", stack: "all", barWidth: 20, data: [data.values[place]], itemStyle: { borderColor: token("surface"), borderWidth: 1 } })),
  });
  const stack = (data) => ({
    ...base(),
    color: colours(),
    grid: { left: 8, right: 8, top: 40, bottom: 4, containLabel: true },
    legend: legend(),
    xAxis: categories(data),
    yAxis: counts(),
    series: data.series.map((row) => ({ name: row.label, type: "bar", stack: "all", data: row.values, barMaxWidth: 36 })),
  });
  const option = (data) => ({ rank, share, stack }[data.kind] || columns)(data);
  const draw = (box) => {
    if (!window.echarts || box.dataset.drawn) return;
    box.dataset.drawn = "1";
    const chart = window.echarts.init(box, null, { renderer: "canvas" });
    const data = JSON.parse(box.dataset.chart);
    chart.setOption(option(data));
    if (data.urls) chart.on("click", (event) => {
      const url = data.urls[data.kind === "share" ? event.seriesIndex : event.dataIndex];
      if (url) window.location.assign(url);
    });
    window.addEventListener("resize", () => chart.resize());
  };
  const all = () => document.querySelectorAll("[data-chart]").forEach(draw);
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:afterSwap", all);
  all();
})();
