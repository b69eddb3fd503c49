// The points of the curves, as they arrive. A curve is one metric of one run on one split.

const SPLIT_ORDER = ["train", "validation", "test"]

function newCurve(runId, split, metric) {
  return { runId, split, metric, key: `${runId}/${split}/${metric}`, epoch: [], step: [], time: [], y: [] }
}

// Adds [epoch, step, seconds, value] rows. A resumed run trains some epochs again: what it says now
// replaces what it said before.
function addRows(curve, rows) {
  for (const [epoch, step, time, value] of rows) {
    while (curve.epoch.length && curve.epoch[curve.epoch.length - 1] >= epoch) {
      for (const name of ["epoch", "step", "time", "y"]) curve[name].pop()
    }
    curve.epoch.push(epoch)
    curve.step.push(step)
    curve.time.push(time)
    curve.y.push(value === null ? NaN : value)
  }
}

// Puts {run: {"split/metric": rows}} into the map of curves.
function addPoints(curves, points) {
  for (const [runId, found] of Object.entries(points)) {
    for (const [name, rows] of Object.entries(found)) {
      const slash = name.indexOf("/")
      const curve = newCurve(runId, name.slice(0, slash), name.slice(slash + 1))
      if (!curves.has(curve.key)) curves.set(curve.key, curve)
      addRows(curves.get(curve.key), rows)
    }
  }
}

function curvesOf(curves, metrics, runIds) {
  return [...curves.values()]
    .filter((curve) => metrics.includes(curve.metric) && runIds.includes(curve.runId))
    .sort(
      (a, b) =>
        runIds.indexOf(a.runId) - runIds.indexOf(b.runId) ||
        metrics.indexOf(a.metric) - metrics.indexOf(b.metric) ||
        SPLIT_ORDER.indexOf(a.split) - SPLIT_ORDER.indexOf(b.split),
    )
}

// Exponential moving average without the pull of the first value towards zero.
function smooth(values, weight) {
  if (!weight) return values
  let sum = 0
  let share = 0
  return values.map((value) => {
    if (Number.isNaN(value)) return value
    sum = sum * weight + value * (1 - weight)
    share = share * weight + (1 - weight)
    return sum / share
  })
}

// Index of the best value: the largest if higher is better, the smallest if lower is, else -1.
function bestIndex(values, isHigherBetter) {
  if (isHigherBetter === undefined || isHigherBetter === null) return -1
  let best = -1
  values.forEach((value, index) => {
    if (Number.isNaN(value)) return
    if (best < 0 || (isHigherBetter ? value > values[best] : value < values[best])) best = index
  })
  return best
}

// Index of the point nearest to x; xs rises.
function nearestIndex(xs, x) {
  let low = 0
  let high = xs.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (xs[middle] < x) low = middle
    else high = middle
  }
  return Math.abs(xs[low] - x) <= Math.abs(xs[high] - x) ? low : high
}
