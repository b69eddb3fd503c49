// Live curves. Points come straight from the server as server-sent events (GET /studio/live), so
// that Streamlit has nothing to do while they arrive. Streamlit calls the default export again at
// every rerun: what goes on lives in `charts`.

const charts = new WeakMap()
const DRAG_PIXELS = 6
const CHOSEN_AFTER_MS = 300 // choices in quick succession, as by a held key, are told as one

export default function ({ data, parentElement, setTriggerValue }) {
  let chart = charts.get(parentElement)
  if (!chart) {
    chart = new LiveChart(parentElement, data.choices)
    charts.set(parentElement, chart)
  }
  // A call with older data may come after one with newer data.
  if (data.number >= chart.number) {
    chart.number = data.number
    chart.tellPage = setTriggerValue
    chart.show(data)
  }
  return () => {
    // Streamlit also cleans up after a call that newer data overtook: the chart goes on.
    if (parentElement.isConnected) return
    chart.close()
    charts.delete(parentElement)
  }
}

class LiveChart {
  constructor(parent, choices) {
    this.part = (name) => parent.querySelector(name)
    this.canvas = this.part(".canvas")
    this.context = this.canvas.getContext("2d")
    this.curves = new Map()
    this.hidden = new Set()
    this.runs = []
    this.statuses = {}
    this.lastId = 0
    this.number = 0
    this.view = { ...viewOf(choices), zoom: null }
    this.addressed = JSON.stringify(choices)
    this.resize = new ResizeObserver(() => this.draw())
    this.resize.observe(this.part(".plot"))
    this.onVisibility = () => (document.hidden ? this.disconnect() : this.connect())
    document.addEventListener("visibilitychange", this.onVisibility)
    this.listen()
  }

  close() {
    this.disconnect()
    this.resize.disconnect()
    document.removeEventListener("visibilitychange", this.onVisibility)
    cancelAnimationFrame(this.request)
    clearTimeout(this.telling)
  }

  // What the page says: which runs, their names and colours, what the metrics are called.
  show(data) {
    const ids = data.runs.map((run) => run.id)
    const isSame = ids.join() === this.runs.map((run) => run.id).join()
    const isRevived = data.runs.some((run) => !run.is_over && this.statuses[run.id]?.is_over)
    this.runs = data.runs
    this.metrics = data.metrics
    this.theme = readTheme(this.canvas)
    this.part(".live").style.colorScheme = isDark(this.theme.background) ? "dark" : "light"
    for (const run of data.runs) this.statuses[run.id] = { status: run.status, is_over: run.is_over }
    if (!isSame) {
      this.disconnect()
      this.curves.clear()
      this.lastId = 0
      this.isOver = false
      this.isKnown = false
      this.setView({ zoom: null })
    }
    if (isRevived) this.isOver = false
    this.heed(data.choices)
    this.connect()
    this.refresh()
  }

  // The stream is closed while the tab is hidden: a browser keeps at most six of them open.
  connect() {
    if (this.source || this.isOver || document.hidden || !this.runs.length) return
    const ids = this.runs.map((run) => run.id).join(",")
    const address = new URL(`studio/live?runs=${ids}&after=${this.lastId}`, document.baseURI)
    this.source = new EventSource(address)
    this.source.addEventListener("points", (event) => {
      addPoints(this.curves, JSON.parse(event.data))
      this.lastId = Number(event.lastEventId) || this.lastId
      this.isKnown = true
      this.refresh()
    })
    this.source.addEventListener("status", (event) => {
      for (const [id, entry] of Object.entries(JSON.parse(event.data))) {
        this.statuses[id] = { ...this.statuses[id], status: entry.status }
      }
      this.noticeNews()
      this.isKnown = true
      this.refresh()
    })
    this.source.addEventListener("end", () => {
      this.isOver = true
      for (const status of Object.values(this.statuses)) status.is_over = true
      this.disconnect()
      this.refresh()
    })
    this.source.onerror = () => this.say("Connection lost, trying again")
    this.source.onopen = () => this.say("")
  }

  // The page's buttons and report depend on the status: it runs again when one has changed.
  noticeNews() {
    const news = this.runs.filter((run) => this.statuses[run.id].status !== run.status)
    const text = news.map((run) => `${run.id} ${this.statuses[run.id].status}`).join()
    if (text && text !== this.told) this.tellPage("changed", text)
    this.told = text
  }

  disconnect() {
    this.source?.close()
    this.source = null
  }

  listen() {
    this.showChoices()
    this.part(".metric").onchange = (event) => this.choose({ metric: event.target.value, zoom: null })
    this.part(".across").onchange = (event) => this.choose({ across: event.target.value, zoom: null })
    // The curves follow the slider; the address is told where it was let go.
    this.part(".smoothing").oninput = (event) => this.setView({ smoothing: Number(event.target.value) })
    this.part(".smoothing").onchange = (event) => this.choose({ smoothing: Number(event.target.value) })
    this.part(".log").onchange = (event) => this.choose({ log: event.target.checked, zoom: null })
    this.part(".reset").onclick = () => this.setView({ zoom: null })
    listenToPointer(this)
    listenToKeys(this)
  }

  setView(change) {
    this.view = { ...this.view, ...change }
    this.refresh()
  }

  choose(change) {
    this.setView(change)
    const choices = choicesOf(this.view)
    this.addressed = this.awaited = JSON.stringify(choices)
    writeAddress(choices)
    clearTimeout(this.telling)
    this.telling = setTimeout(() => this.tellPage("chosen", choices), CHOSEN_AFTER_MS)
  }

  // What the address says now: it may be another view of the browser's history. Until the page
  // repeats the latest choice, it speaks of an older one.
  heed(choices) {
    const text = JSON.stringify(choices)
    if (text === this.awaited) this.awaited = undefined
    if (this.awaited !== undefined || text === this.addressed) return
    this.addressed = text
    this.setView({ ...viewOf(choices), zoom: null })
    this.showChoices()
  }

  showChoices() {
    this.part(".across").value = this.view.across
    this.part(".smoothing").value = this.view.smoothing
    this.part(".log").checked = this.view.log
  }

  refresh() {
    this.request ??= requestAnimationFrame(() => {
      this.request = undefined
      this.offerMetrics()
      this.draw()
      showValues(this)
    })
  }

  // A metric that the runs do not have falls back to the first that they have.
  get metric() {
    const names = this.metricNames()
    return names.includes(this.view.metric) || !names.length ? this.view.metric : names[0]
  }

  // Metrics that are drawn together come first; the sum of what two rivals lose means nothing.
  metricNames() {
    const found = [...new Set([...this.curves.values()].map((curve) => curve.metric))]
    const isThere = (name) => this.metrics[name].members?.every((member) => found.includes(member))
    const groups = Object.keys(this.metrics).filter(isThere)
    return groups.length ? [...groups, ...found.filter((name) => name !== "loss")] : found
  }

  // The metrics that are drawn: several if the chosen one stands for a group.
  get drawn() {
    return this.metrics[this.metric]?.members ?? [this.metric]
  }

  offerMetrics() {
    const names = this.metricNames()
    const order = Object.keys(this.metrics)
    const rank = (name) => (order.includes(name) ? order.indexOf(name) : order.length)
    names.sort((a, b) => rank(a) - rank(b))
    if (!names.length) names.push(this.view.metric)
    const select = this.part(".metric")
    if (select.dataset.names !== names.join()) {
      select.dataset.names = names.join()
      select.replaceChildren(...names.map((name) => new Option(this.metrics[name]?.title ?? name, name)))
    }
    select.value = this.metric
    this.part(".about").textContent = this.metrics[this.metric]?.help ?? ""
  }

  series() {
    const { view } = this
    const isHigherBetter = this.metrics[this.metric]?.is_higher_better
    const ids = this.runs.map((run) => run.id)
    const { drawn } = this
    return curvesOf(this.curves, drawn, ids).map((curve) => {
      const values = view.log ? curve.y.map((y) => (y > 0 ? Math.log10(y) : NaN)) : curve.y
      const best = bestIndex(curve.y, isHigherBetter)
      const place = ids.indexOf(curve.runId) * drawn.length + drawn.indexOf(curve.metric)
      const color = this.theme.colors[place % this.theme.colors.length]
      const shape = shapeOf(place, this.theme.colors.length)
      const dash = { validation: [6, 4], test: [2, 3] }[curve.split] ?? []
      const raw = view.smoothing ? values : null
      return { curve, xs: curve[view.across], ys: smooth(values, view.smoothing), raw, color, dash, shape, best }
    })
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.part(".plot")
    if (!width || !this.theme) return
    const scale = window.devicePixelRatio || 1
    if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
      this.canvas.width = Math.round(width * scale)
      this.canvas.height = Math.round(height * scale)
    }
    this.context.setTransform(scale, 0, 0, scale, 0, 0)
    this.all = this.series()
    const shown = this.all.filter((one) => !this.hidden.has(one.curve.key))
    const frame = makeFrame(shown, this.view, width, height)
    frame.cursor = this.cursor
    frame.drag = this.dragBox
    frame.marks = marksOf(this.runs, shown, this.view.across)
    this.frame = frame
    drawFrame(this.context, frame, this.theme)
    this.part(".reset").disabled = !this.view.zoom
    this.part(".note").textContent = this.all.length ? "" : this.emptyText()
    this.canvas.setAttribute("aria-label", summaryText(this))
    this.describe()
  }

  // What is drawn, for those who cannot read pixels: tests and measurements.
  describe() {
    const { dataset } = this.canvas
    dataset.numPoints = this.all.reduce((sum, one) => sum + one.xs.length, 0)
    dataset.lastEpoch = this.all.reduce((last, one) => Math.max(last, one.curve.epoch.at(-1) ?? 0), 0)
    dataset.looks = this.all.map((one) => [one.color, one.dash.join("-"), one.shape].join(" ")).join("\n")
    dataset.zoomed = Boolean(this.view.zoom)
    dataset.marks = this.frame.marks.map((mark) => `${mark.epoch} ${mark.text}`).join("\n")
  }

  emptyText() {
    if (!this.isKnown) return "Loading the curves"
    const states = this.runs.map((run) => this.statuses[run.id]?.status)
    if (states.every((state) => state === "queued")) return "Waiting in the queue"
    return this.isOver ? "This run ended before its first epoch" : "Waiting for the first epoch"
  }

  say(text) {
    this.part(".state").textContent = text
  }
}

function readTheme(element) {
  const style = getComputedStyle(element)
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise
  return {
    font: read("--st-font", "sans-serif"),
    faint: read("--st-gray-text-color", "#777"),
    grid: read("--st-border-color", "#ddd"),
    background: read("--st-background-color", "#fff"),
    accent: read("--st-primary-color", "#06c"),
    colors: read("--st-chart-categorical-colors", "#06c,#c60").split(","),
  }
}

// The browser's own slider and tick box follow the colour scheme.
function isDark(color) {
  const parts = color.startsWith("#") ? color.slice(1).match(/../g)?.map((part) => parseInt(part, 16)) : color.match(/[\d.]+/g)
  const [red, green, blue] = (parts ?? [255, 255, 255]).map(Number)
  return 0.3 * red + 0.6 * green + 0.1 * blue < 128
}
