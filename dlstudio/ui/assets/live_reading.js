// Reading values off the curves: pointer, keyboard, tooltip and the table below.

function listenToPointer(chart) {
  const { canvas } = chart
  const place = (event) => {
    const box = canvas.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  canvas.onpointerdown = (event) => {
    if (event.button !== 0 || !chart.frame) return
    canvas.setPointerCapture(event.pointerId)
    chart.dragStart = place(event)
  }
  canvas.onpointermove = (event) => {
    if (!chart.frame) return
    const { x, y } = place(event)
    if (chart.dragStart) chart.dragBox = { x0: chart.dragStart.x, y0: chart.dragStart.y, x1: x, y1: y }
    pointAt(chart, chart.frame.fromX(x), x)
  }
  canvas.onpointerup = (event) => {
    const box = chart.dragBox
    chart.dragStart = chart.dragBox = undefined
    if (box && Math.abs(box.x1 - box.x0) > DRAG_PIXELS) chart.setView({ zoom: zoomOf(chart.frame, box) })
    else if (event.pointerType === "mouse") chart.refresh()
  }
  canvas.onpointercancel = () => {
    chart.dragStart = chart.dragBox = undefined
  }
  canvas.onpointerleave = () => pointAt(chart, undefined)
  canvas.ondblclick = () => chart.setView({ zoom: null })
}

// A flat box zooms across only, so that a swipe on a phone does what one expects.
function zoomOf(frame, box) {
  const [left, right] = [Math.min(box.x0, box.x1), Math.max(box.x0, box.x1)]
  const [top, bottom] = [Math.min(box.y0, box.y1), Math.max(box.y0, box.y1)]
  const zoom = { ...frame.shown, x0: frame.fromX(left), x1: frame.fromX(right) }
  if (bottom - top > DRAG_PIXELS * 3) Object.assign(zoom, { y0: frame.fromY(bottom), y1: frame.fromY(top) })
  return zoom
}

function listenToKeys(chart) {
  chart.canvas.onkeydown = (event) => {
    const longest = chart.frame?.series.reduce((a, b) => (b.xs.length > a.length ? b.xs : a), [])
    if (event.key === "Escape") chart.setView({ zoom: null })
    if (!longest?.length || !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return
    event.preventDefault()
    const last = longest.length - 1
    const now = chart.cursor === undefined ? last : nearestIndex(longest, chart.cursor)
    const next = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key]
    const x = longest[Math.max(0, Math.min(last, next))]
    pointAt(chart, x, chart.frame.toX(x))
  }
  chart.canvas.onblur = () => pointAt(chart, undefined)
}

function pointAt(chart, x, pixels) {
  const all = chart.frame?.series.flatMap((one) => (one.xs.length ? [one.xs[nearestIndex(one.xs, x ?? 0)]] : []))
  const nearest = all?.length && x !== undefined ? all.reduce((a, b) => (Math.abs(b - x) < Math.abs(a - x) ? b : a)) : undefined
  chart.cursor = nearest
  chart.refresh()
  const tip = chart.part(".tip")
  tip.hidden = nearest === undefined
  if (tip.hidden) return
  const title = { epoch: "Epoch ", step: "Step ", time: "After " }[chart.view.across]
  const rows = chart.frame.series.filter((one) => one.xs.length).map((one) => tipRow(chart, one, nearest))
  const head = document.createElement("b")
  head.textContent = title + acrossText(chart.view.across, nearest)
  tip.replaceChildren(head, ...rows)
  const width = chart.part(".plot").clientWidth
  const left = pixels + 14 + tip.offsetWidth > width ? pixels - 14 - tip.offsetWidth : pixels + 14
  tip.style.transform = `translate(${Math.max(0, left)}px, 14px)`
}

function tipRow(chart, one, x) {
  const row = document.createElement("div")
  const index = nearestIndex(one.xs, x)
  const value = document.createElement("span")
  value.className = "value"
  value.textContent = valueText(one.curve.y[index])
  row.append(dashMark(one), curveName(chart, one.curve), value)
  return row
}

function curveName(chart, curve) {
  const split = curve.split[0].toUpperCase() + curve.split.slice(1)
  const title = chart.metrics[curve.metric]?.title ?? curve.metric
  const part = chart.drawn.length > 1 ? `${title}, ${curve.split}` : chart.runs.length === 1 ? split : curve.split
  if (chart.runs.length === 1) return part
  return `${chart.runs.find((run) => run.id === curve.runId)?.name ?? curve.runId}, ${part}`
}

function dashMark(one) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("class", "dash")
  svg.setAttribute("viewBox", "0 0 26 8")
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line")
  const look = { x1: 0, y1: 4, x2: 26, y2: 4, stroke: one.color, "stroke-width": 2.5, "stroke-dasharray": one.dash.join(" ") }
  for (const [name, value] of Object.entries(look)) line.setAttribute(name, value)
  svg.append(line)
  if (one.shape) svg.append(shapeMark(one))
  return svg
}

// The table is the legend too. Rows are kept as long as the curves are the same ones.
function showValues(chart) {
  const series = chart.all ?? []
  const body = chart.part("tbody")
  const names = series.map((one) => `${one.curve.key} ${curveName(chart, one.curve)} ${one.color} ${one.shape}`).join("\n")
  if (body.dataset.names !== names) {
    body.dataset.names = names
    body.replaceChildren(...series.map((one) => valueRow(chart, one)))
  }
  chart.part(".values").hidden = !series.length
  series.forEach((one, place) => {
    const { y, epoch } = one.curve
    const texts = [valueText(y[y.length - 1]), valueText(y[one.best]), one.best < 0 ? "–" : String(epoch[one.best])]
    texts.forEach((text, column) => {
      const cell = body.rows[place].cells[column + 1]
      if (cell.textContent !== text) cell.textContent = text
    })
  })
}

function valueRow(chart, one) {
  const row = document.createElement("tr")
  const button = document.createElement("button")
  button.type = "button"
  button.className = "name"
  button.title = "Show or hide this curve"
  button.append(dashMark(one), curveName(chart, one.curve))
  const { key } = one.curve
  button.setAttribute("aria-pressed", String(!chart.hidden.has(key)))
  button.onclick = () => {
    if (!chart.hidden.delete(key)) chart.hidden.add(key)
    button.setAttribute("aria-pressed", String(!chart.hidden.has(key)))
    chart.refresh()
  }
  row.insertCell().append(button)
  for (let column = 0; column < 3; column += 1) row.insertCell()
  return row
}

function summaryText(chart) {
  const title = chart.metrics[chart.metric]?.title ?? chart.metric
  const parts = chart.all.map((one) => `${curveName(chart, one.curve)} ${valueText(one.curve.y[one.curve.y.length - 1])}`)
  const marks = chart.frame.marks.map((mark) => ` After epoch ${mark.epoch}: ${mark.text}.`)
  return `Curves of ${title}. Now: ${parts.join("; ") || "nothing yet"}.${marks.join("")}`
}
