// Where fine-tuning begins: a thin line from top to bottom with the words, as curves may bend there.

const FINE_TUNING_BEGINS = "fine-tuning begins"
const MARK_ROW = 16
const MOST_LETTERS = 20

// [{x, epoch, text}] from left to right; runs that begin at the same place share one.
function marksOf(runs, series, across) {
  const found = new Map()
  for (const run of runs) {
    const curve = series.find((one) => one.curve.runId === run.id)?.curve
    const x = curve && run.last_frozen_epoch ? endOfEpoch(curve, run.last_frozen_epoch, across) : NaN
    if (Number.isNaN(x)) continue
    const names = [...(found.get(x)?.names ?? []), run.name]
    const start = runs.length > 1 && names.length === 1 ? `${shortName(run.name)}: ` : ""
    found.set(x, { x, epoch: run.last_frozen_epoch, text: start + FINE_TUNING_BEGINS, names })
  }
  return [...found.values()].sort((a, b) => a.x - b.x)
}

function shortName(name) {
  return name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name
}

// Where an epoch ended on an axis; NaN until there is a point behind it. Points may be thinned out.
function endOfEpoch(curve, epoch, across) {
  const next = curve.epoch.findIndex((one) => one > epoch)
  if (next < 1) return NaN
  const [before, after] = [curve.epoch[next - 1], curve.epoch[next]]
  const xs = curve[across]
  return xs[next - 1] + ((epoch - before) / (after - before)) * (xs[next] - xs[next - 1])
}

function drawMarks(context, frame, theme) {
  const { plot } = frame
  const right = plot.x + plot.width
  frame.marks.forEach((mark, row) => {
    const x = Math.round(frame.toX(mark.x)) + 0.5
    if (x < plot.x || x > right) return
    context.lineWidth = 1
    context.strokeStyle = theme.faint
    context.globalAlpha = 0.55
    line(context, x, plot.y, x, plot.y + plot.height)
    context.globalAlpha = 1
    const isBefore = x + 6 + context.measureText(mark.text).width > right
    const [textX, textY] = [isBefore ? x - 6 : x + 6, plot.y + 2 + row * MARK_ROW]
    context.textAlign = isBefore ? "right" : "left"
    context.textBaseline = "top"
    // The page's colour around the letters keeps them readable on curves.
    context.lineWidth = 4
    context.lineJoin = "round"
    context.strokeStyle = theme.background
    context.strokeText(mark.text, textX, textY)
    context.fillStyle = theme.faint
    context.fillText(mark.text, textX, textY)
  })
}
