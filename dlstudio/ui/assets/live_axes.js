// Numbers along the axes: where the ticks are and how they read.

function niceStep(span, count) {
  const rough = span / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10
  return factor * power
}

function linearTicks(low, high, count) {
  if (!(high > low)) return [low]
  const step = niceStep(high - low, count)
  const ticks = []
  for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + step * 1e-9; tick += step) {
    ticks.push(Math.abs(tick) < step * 1e-9 ? 0 : tick)
  }
  return ticks
}

// low and high are logarithms; decades, and where there are few of them 2 and 5 between.
function logTicks(low, high) {
  const factors = high - low > 3 ? [1] : high - low > 0.6 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]
  const ticks = []
  for (let power = Math.floor(low); power <= Math.ceil(high); power += 1) {
    for (const factor of factors) {
      const tick = power + Math.log10(factor)
      if (tick >= low && tick <= high) ticks.push(tick)
    }
  }
  return ticks
}

function valueText(value, digits = 4) {
  if (value === undefined || Number.isNaN(value)) return "–"
  if (value === 0) return "0"
  const size = Math.abs(value)
  if (size < 1e-3 || size >= 1e6) return value.toExponential(digits - 2)
  return String(Number(value.toPrecision(digits)))
}

function timeText(seconds) {
  if (seconds < 60) return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s`
  const minutes = Math.floor(seconds / 60)
  const rest = Math.round(seconds % 60)
  if (minutes < 60) return rest ? `${minutes}:${String(rest).padStart(2, "0")} min` : `${minutes} min`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")} h`
}

function acrossText(across, x) {
  if (across === "time") return timeText(x)
  return Math.round(x).toLocaleString("en")
}
