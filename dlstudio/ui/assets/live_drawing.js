// Draws curves on a canvas. `frame` holds what is drawn; it is kept for hovering and zooming.

const PAD = { left: 58, right: 12, top: 10, bottom: 34 }

// Series: {curve, xs, ys, raw, color, dash, shape}. Values of a logarithmic axis are logarithms already.
function makeFrame(series, view, width, height) {
  const full = extent(series)
  const shown = view.zoom ?? full
  const plot = { x: PAD.left, y: PAD.top, width: width - PAD.left - PAD.right, height: height - PAD.top - PAD.bottom }
  const toX = (x) => plot.x + ((x - shown.x0) / (shown.x1 - shown.x0)) * plot.width
  const toY = (y) => plot.y + plot.height - ((y - shown.y0) / (shown.y1 - shown.y0)) * plot.height
  const fromX = (px) => shown.x0 + ((px - plot.x) / plot.width) * (shown.x1 - shown.x0)
  const fromY = (py) => shown.y0 + ((plot.y + plot.height - py) / plot.height) * (shown.y1 - shown.y0)
  return { series, view, width, height, plot, shown, toX, toY, fromX, fromY }
}

function extent(series) {
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const { xs, ys } of series) {
    for (let index = 0; index < xs.length; index += 1) {
      const y = ys[index]
      if (Number.isNaN(y)) continue
      if (xs[index] < x0) x0 = xs[index]
      if (xs[index] > x1) x1 = xs[index]
      if (y < y0) y0 = y
      if (y > y1) y1 = y
    }
  }
  if (x0 > x1) return { x0: 0, x1: 1, y0: 0, y1: 1 }
  if (x0 === x1) x1 = x0 + 1
  const margin = (y1 - y0) * 0.05 || Math.abs(y0) * 0.05 || 0.5
  return { x0, x1, y0: y0 - margin, y1: y1 + margin }
}

function drawFrame(context, frame, theme) {
  const { plot, width, height } = frame
  context.clearRect(0, 0, width, height)
  drawAxes(context, frame, theme)
  context.save()
  context.beginPath()
  context.rect(plot.x, plot.y - 4, plot.width + 6, plot.height + 8)
  context.clip()
  for (const one of frame.series) {
    if (one.raw) drawLine(context, frame, one.xs, one.raw, { ...one, alpha: 0.22, lineWidth: 1 })
    drawLine(context, frame, one.xs, one.ys, { ...one, alpha: 1, lineWidth: 1.8 })
    drawShapes(context, frame, one, theme)
    if (one.best >= 0 && one.curve.split !== "train") drawDot(context, frame.toX(one.xs[one.best]), frame.toY(one.ys[one.best]), one.color, theme)
  }
  drawMarks(context, frame, theme)
  if (frame.cursor !== undefined) drawCursor(context, frame, theme)
  if (frame.drag) drawDrag(context, frame, theme)
  context.restore()
}

function drawAxes(context, frame, theme) {
  const { plot, shown, view } = frame
  const yTicks = view.log ? logTicks(shown.y0, shown.y1) : linearTicks(shown.y0, shown.y1, plot.height / 55)
  const xTicks = linearTicks(shown.x0, shown.x1, plot.width / 90).filter((x) => view.across === "time" || Number.isInteger(x))
  context.font = `12px ${theme.font}`
  context.lineWidth = 1
  context.strokeStyle = theme.grid
  context.fillStyle = theme.faint
  context.textBaseline = "middle"
  context.textAlign = "right"
  for (const tick of yTicks) {
    const y = Math.round(frame.toY(tick)) + 0.5
    line(context, plot.x, y, plot.x + plot.width, y)
    context.fillText(valueText(view.log ? 10 ** tick : tick, 3), plot.x - 8, y)
  }
  context.textAlign = "center"
  context.textBaseline = "top"
  for (const tick of xTicks) {
    const x = Math.round(frame.toX(tick)) + 0.5
    line(context, x, plot.y + plot.height, x, plot.y + plot.height + 4)
    context.fillText(acrossText(view.across, tick), x, plot.y + plot.height + 7)
  }
  context.strokeStyle = theme.faint
  line(context, plot.x, plot.y + plot.height + 0.5, plot.x + plot.width, plot.y + plot.height + 0.5)
}

function drawLine(context, frame, xs, ys, look) {
  context.save()
  context.globalAlpha = look.alpha
  context.strokeStyle = look.color
  context.lineWidth = look.lineWidth
  context.setLineDash(look.dash)
  context.lineJoin = "round"
  context.beginPath()
  let isDown = false
  for (let index = 0; index < xs.length; index += 1) {
    const y = ys[index]
    if (Number.isNaN(y)) {
      isDown = false
      continue
    }
    if (isDown) context.lineTo(frame.toX(xs[index]), frame.toY(y))
    else context.moveTo(frame.toX(xs[index]), frame.toY(y))
    isDown = true
  }
  context.stroke()
  context.restore()
  if (xs.length === 1 && !Number.isNaN(ys[0])) dot(context, frame.toX(xs[0]), frame.toY(ys[0]), 3, look.color)
}

function drawDot(context, x, y, color, theme) {
  dot(context, x, y, 5, theme.background)
  context.strokeStyle = color
  context.lineWidth = 2
  context.beginPath()
  context.arc(x, y, 4, 0, 2 * Math.PI)
  context.stroke()
}

function drawCursor(context, frame, theme) {
  context.strokeStyle = theme.faint
  context.lineWidth = 1
  const x = Math.round(frame.toX(frame.cursor)) + 0.5
  line(context, x, frame.plot.y, x, frame.plot.y + frame.plot.height)
  for (const { xs, ys, color } of frame.series) {
    if (!xs.length) continue
    const index = nearestIndex(xs, frame.cursor)
    if (!Number.isNaN(ys[index])) dot(context, frame.toX(xs[index]), frame.toY(ys[index]), 3.5, color)
  }
}

function drawDrag(context, frame, theme) {
  const { x0, y0, x1, y1 } = frame.drag
  context.fillStyle = theme.accent
  context.globalAlpha = 0.12
  context.fillRect(x0, y0, x1 - x0, y1 - y0)
  context.globalAlpha = 1
  context.strokeStyle = theme.accent
  context.strokeRect(x0, y0, x1 - x0, y1 - y0)
}

function line(context, x0, y0, x1, y1) {
  context.beginPath()
  context.moveTo(x0, y0)
  context.lineTo(x1, y1)
  context.stroke()
}

function dot(context, x, y, radius, color) {
  context.fillStyle = color
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fill()
}
