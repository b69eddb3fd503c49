// What the visitor chose, as the address keeps it: texts, and none of the values that hold anyway.

const USUAL = { metric: "loss", across: "epoch", smoothing: 0, log: false }
const ACROSS = ["epoch", "step", "time"]
const MOST_SMOOTHING = 0.95

// A value that means nothing is as good as none; a metric that no run has falls back by itself.
function viewOf({ metric, across, smoothing, log }) {
  const weight = Number(smoothing)
  return {
    metric: metric || USUAL.metric,
    across: ACROSS.includes(across) ? across : USUAL.across,
    smoothing: weight >= 0 && weight <= MOST_SMOOTHING ? weight : USUAL.smoothing,
    log: log === "true",
  }
}

function choicesOf(view) {
  const chosen = Object.keys(USUAL).filter((name) => view[name] !== USUAL[name])
  return Object.fromEntries(chosen.map((name) => [name, String(view[name])]))
}

// The page writes the same address in a moment. As it stands there already, letter by letter, the
// browser's history gets no step for each choice.
function writeAddress(choices) {
  const address = new URL(document.location)
  for (const name of Object.keys(USUAL)) address.searchParams.delete(name)
  for (const [name, text] of Object.entries(choices)) address.searchParams.set(name, text)
  window.history.replaceState(window.history.state, "", address)
}
