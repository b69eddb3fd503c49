// Where the theme's colours are used up, small shapes along a line tell it from the one before: its
// dashes say which rows it is of.

const SHAPES = ["", "square", "triangle", "diamond"]
const SHAPE_EVERY = 64 // pixels along the axis
const CORNERS = {
  square: [[-3.5, -3.5], [3.5, -3.5], [3.5, 3.5], [-3.5, 3.5]],
  triangle: [[0, -4.5], [4.5, 3.5], [-4.5, 3.5]],
  diamond: [[0, -5], [5, 0], [0, 5], [-5, 0]],
}

function shapeOf(place, numColors) {
  return SHAPES[Math.floor(place / numColors) % SHAPES.length]
}

function drawShapes(context, frame, one, theme) {
  if (!one.shape) return
  const { plot } = frame
  let last = -Infinity
  one.xs.forEach((x, index) => {
    const [left, top] = [frame.toX(x), frame.toY(one.ys[index])]
    if (left < plot.x || left > plot.x + plot.width || left - last < SHAPE_EVERY || Number.isNaN(top)) return
    last = left
    context.beginPath()
    for (const [dx, dy] of CORNERS[one.shape]) context.lineTo(left + dx, top + dy)
    context.closePath()
    context.fillStyle = one.color
    context.fill()
    context.lineWidth = 1
    context.strokeStyle = theme.background
    context.stroke()
  })
}

function shapeMark(one) {
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "polygon")
  mark.setAttribute("points", CORNERS[one.shape].map(([dx, dy]) => `${13 + dx},${4 + 0.85 * dy}`).join(" "))
  mark.setAttribute("fill", one.color)
  return mark
}
