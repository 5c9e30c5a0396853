/** A class room in desk units: making plans, zones, orders and directions. No page is needed here. */

export const FURNITURE = ["board", "desk", "screen", "door", "window", "pillar"];
export const ARRANGEMENTS = ["rows", "pairs", "fours"];

const round = (value) => Math.round(value * 2) / 2;

/** The next free code: two digits, never a name. */
export function freeCode(seats) {
  const taken = new Set(seats.map((seat) => seat.code));
  let number = 1;
  while (taken.has(String(number).padStart(2, "0"))) number += 1;
  return String(number).padStart(2, "0");
}

export function freeId(seats) {
  const taken = new Set(seats.map((seat) => seat.id));
  let number = seats.length + 1;
  while (taken.has(`s${number}`)) number += 1;
  return `s${number}`;
}

export function newSeat(seats, x, y) {
  return { id: freeId(seats), code: freeCode(seats), x, y, gender: "", group: "", mark: "", absent: false };
}

/** Rows by columns of single desks, pairs, or islands of four, with a board and the teacher's desk before them. */
export function generate(rows = 6, columns = 5, arrangement = "rows") {
  const seats = [];
  const aisle = arrangement === "rows" ? 0 : 0.5;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const seat = newSeat(
        seats,
        column + Math.floor(column / 2) * aisle,
        row + (arrangement === "fours" ? Math.floor(row / 2) * aisle : 0),
      );
      if (arrangement === "fours") {
        seat.group = String(Math.floor(row / 2) * Math.ceil(columns / 2) + Math.floor(column / 2) + 1);
      }
      seats.push(seat);
    }
  }
  const middle = round(extent(seats).x1 / 2);
  const furniture = [{ kind: "board", x: middle, y: -2 }, { kind: "desk", x: middle, y: -1 }];
  return { seats, furniture, rows, columns };
}

/** The box around points, as x0, x1, y0, y1. */
export function extent(points) {
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  return points.length
    ? { x0: Math.min(...xs), x1: Math.max(...xs), y0: Math.min(...ys), y1: Math.max(...ys) }
    : { x0: 0, x1: 0, y0: 0, y1: 0 };
}

/** Where the teacher stands before the lesson: at the desk, or in front of the middle. */
export function teacherSpot(plan) {
  const desk = plan.furniture.find((piece) => piece.kind === "desk");
  if (desk) return { x: desk.x, y: desk.y };
  const { x0, x1, y0 } = extent(plan.seats);
  return { x: round((x0 + x1) / 2), y: y0 - 1 };
}

function third(value, low, high, names) {
  const beyond = value - low;
  if (beyond * 3 < high - low) return names[0];
  return beyond * 3 <= 2 * (high - low) ? names[1] : names[2];
}

/** Row and column band of a point, in thirds of the range of the seats, as in `app/instruments/record.py`. */
export function zoneOf(point, seats) {
  const { x0, x1, y0, y1 } = extent(seats);
  return {
    row: third(point.y, y0, y1, ["front", "middle", "back"]),
    column: third(point.x, x0, x1, ["left", "middle", "right"]),
  };
}

/** Row by row from the front, every second row backwards, as one looks round a class. */
export function serpentine(seats) {
  const rows = [];
  for (const seat of [...seats].sort((a, b) => a.y - b.y || a.x - b.x)) {
    const row = rows.at(-1);
    if (row && seat.y - row[0].y < 0.5) row.push(seat);
    else rows.push([seat]);
  }
  return rows.flatMap((row, index) => {
    row.sort((a, b) => a.x - b.x);
    return index % 2 ? row.reverse() : row;
  });
}

export const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The nearest point from `here` that way; sideways distance counts double, so that rows are kept. */
export function towards(points, here, [dx, dy]) {
  let best = null;
  let least = Infinity;
  for (const point of points) {
    const along = (point.x - here.x) * dx + (point.y - here.y) * dy;
    const across = Math.abs((point.x - here.x) * dy) + Math.abs((point.y - here.y) * dx);
    const cost = along + 2 * across;
    if (along > 0.2 && cost < least) [best, least] = [point, cost];
  }
  return best;
}

/** The seat within `reach` desks of a point that is nearest to it, or null. */
export function seatNear(point, seats, reach) {
  let best = null;
  let least = reach;
  for (const seat of seats) {
    const distance = Math.hypot(seat.x - point.x, seat.y - point.y);
    if (distance <= least) [best, least] = [seat, distance];
  }
  return best;
}
