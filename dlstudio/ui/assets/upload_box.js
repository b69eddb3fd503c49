// Sends a dropped or chosen file to POST /studio/uploads and tells the page its id.
// Streamlit calls the default export again at every rerun: what goes on lives in `boxes`.
const boxes = new WeakMap()

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const box = boxes.get(parentElement) ?? { request: null, number: 0 }
  boxes.set(parentElement, box)
  // A call with older data may come after one with newer data.
  if (data.number < box.number) return
  box.number = data.number
  const part = (name) => parentElement.querySelector(name)
  const file = part(".file")
  const area = part(".box")
  file.accept = data.accept
  part(".hint").textContent = data.hint

  part(".choose").onclick = () => file.click()
  file.onchange = () => {
    if (file.files.length) send(file.files[0])
    file.value = ""
  }
  part(".cancel").onclick = () => box.request?.abort()
  area.ondragover = (event) => {
    event.preventDefault()
    area.classList.add("over")
  }
  area.ondragleave = () => area.classList.remove("over")
  area.ondrop = (event) => {
    event.preventDefault()
    area.classList.remove("over")
    if (box.request) return
    const files = event.dataTransfer.files
    if (files.length > 1) return say("Drop one file at a time; pack several into one ZIP file.", true)
    const entry = event.dataTransfer.items[0]?.webkitGetAsEntry?.()
    if (entry?.isDirectory) return say("This is a folder: pack it into a ZIP file and drop that.", true)
    if (files.length) send(files[0])
  }

  function send(chosen) {
    if (chosen.size > data.limit_bytes) {
      return say(`The file has ${bytes(chosen.size)}; this studio accepts up to ${bytes(data.limit_bytes)}.`, true)
    }
    show(true)
    say("")
    part(".name").textContent = chosen.name
    progress(0, chosen.size, 0)
    // Asked first: a browser sends a file to its end before it reads that it was refused.
    const question = open("GET", chosen)
    question.onload = () => (question.status === 204 ? transfer(chosen) : finish(question, chosen))
    question.send()
  }

  function transfer(chosen) {
    const request = open("POST", chosen)
    const startedAt = performance.now()
    request.upload.onprogress = (event) => {
      progress(event.loaded, chosen.size, (performance.now() - startedAt) / 1000)
    }
    request.onload = () => finish(request, chosen)
    request.setRequestHeader("Content-Type", "application/octet-stream")
    request.send(chosen)
  }

  function open(method, chosen) {
    const request = new XMLHttpRequest()
    box.request = request
    request.onerror = () => fail("The connection to the studio broke. Check that it is running, then try again.")
    request.onabort = () => fail("Cancelled. Nothing was kept.")
    request.open(method, "/studio/uploads")
    request.setRequestHeader("X-Studio-Token", data.token)
    request.setRequestHeader("X-File-Name", encodeURIComponent(chosen.name))
    request.setRequestHeader("X-File-Size", chosen.size)
    return request
  }

  function finish(request, chosen) {
    let answer = {}
    try {
      answer = JSON.parse(request.responseText)
    } catch {
      // not JSON: the status says enough
    }
    if (request.status !== 201) {
      return fail([answer.problem ?? `The studio answered with status ${request.status}.`, answer.fix].join(" "))
    }
    box.request = null
    show(false)
    say(`${chosen.name} has arrived (${bytes(answer.size_bytes)}).`)
    setTriggerValue("uploaded", answer)
  }

  function fail(text) {
    box.request = null
    show(false)
    say(text, true)
  }

  function show(isBusy) {
    part(".ask").hidden = isBusy
    part(".busy").hidden = !isBusy
    if (isBusy) part(".cancel").focus()
  }

  function say(text, isBad = false) {
    part(".message").textContent = text
    part(".message").classList.toggle("bad", isBad)
  }

  function progress(loaded, total, seconds) {
    const percent = total ? Math.floor((100 * loaded) / total) : 0
    const speed = seconds > 0.5 ? loaded / seconds : 0
    const left = speed ? `, ${bytes(speed)}/s, ${duration((total - loaded) / speed)} left` : ""
    part(".bar").style.width = `${percent}%`
    part(".track").setAttribute("aria-valuenow", percent)
    part(".numbers").textContent = `${percent} %: ${bytes(loaded)} of ${bytes(total)}${left}`
  }
}

function bytes(number) {
  const units = ["bytes", "kB", "MB", "GB", "TB"]
  let unit = 0
  while (number >= 999.5 && unit < units.length - 1) {
    number /= 1000
    unit += 1
  }
  return `${number.toFixed(unit === 0 || number >= 99.5 ? 0 : 1)} ${units[unit]}`
}

function duration(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`
}
