// An invented planner over the invented city (`planning.md`): cells, people, travel and waits are made up by lot, so that
// the page can be made without a server. What it answers hangs together: moving a point changes what it should.
import { chance, stamp } from "./city.mjs";

const [WEST, SOUTH, EAST, NORTH] = [105.28, 20.56, 106.03, 21.39];
/** Half a cell's width in degrees: about as many cells as H3 has at resolution 9. */
const HALF = 0.00168;
const HEIGHT = HALF * 2 / Math.sqrt(3);
const KM = { lon: 104, lat: 111 };
const SPEED = { motorbike: 1, car: 1.25, walk: 4.4 };
const KINDS = ["branch", "point", "community", "mobile"];

const round = (value, digits) => (value === null ? null : +value.toFixed(digits));
const kmBetween = (a, b) => Math.hypot((a.lon - b.lon) * KM.lon, (a.lat - b.lat) * KM.lat);

function inside(rings, x, y) {
  let is = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [xi, yi] = ring[i];
      const [xj, yj] = ring[j];
      if ((yi > y) !== (yj > y) && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) is = !is;
    }
  }
  return is;
}

function unitsOf(features) {
  return features.map(({ geometry: g, properties: p }) => {
    const rings = g.type === "Polygon" ? g.coordinates : g.coordinates.flat();
    const xs = rings.flat().map(([x]) => x);
    const ys = rings.flat().map(([, y]) => y);
    return { code: p.code, name: p.name, rings, box: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] };
  });
}

export class MockPlanner {
  constructor(features, city) {
    this.city = city;
    this.units = unitsOf(features);
    this.names = new Map(this.units.map(({ code, name }) => [code, name]));
    this.saved = new Map();
    this.number = 0;
  }

  unitAt(lon, lat) {
    return this.units.find(({ box: [w, s, e, n], rings }) => lon >= w && lon <= e && lat >= s && lat <= n && inside(rings, lon, lat))?.code ?? null;
  }

  /** Made when first asked for: placing 30,000 cells in their units takes a second. */
  get cells() {
    if (this.made) return this.made;
    const luck = chance(9);
    const cells = [];
    const byPlace = new Map();
    for (let row = 0; SOUTH + row * HEIGHT * 1.5 < NORTH; row += 1) {
      for (let col = 0; WEST + col * HALF * 2 < EAST; col += 1) {
        const lon = WEST + col * HALF * 2 + (row % 2) * HALF;
        const lat = SOUTH + row * HEIGHT * 1.5;
        const unit = this.unitAt(lon, lat);
        if (unit === null) continue;
        const fromCentre = Math.hypot((lon - 105.84) * KM.lon, (lat - 21.02) * KM.lat);
        const isHilly = lon < 105.42 || (lat < 20.72 && lon < 105.75);
        const approximate = luck.next() < (isHilly ? 0.25 : 0.01);
        const population = Math.round((isHilly ? 25 : 70) * luck.next() * 1.6 + 1900 * Math.exp(-fromCentre / 6) * (0.6 + 0.8 * luck.next()));
        const cell = { cell: `8941mock${row.toString(16).padStart(3, "0")}${col.toString(16).padStart(3, "0")}`, row, col, lon, lat, unit, population, approximate, slow: (isHilly ? 8.5 : 4.4) * (0.9 + 0.2 * luck.next()), late: 1 + luck.next() * 3 };
        byPlace.set(`${row} ${col}`, cell);
        cells.push(cell);
      }
    }
    for (const cell of cells) {
      const side = cell.row % 2;
      cell.around = [[0, -1], [0, 1], [-1, side - 1], [-1, side], [1, side - 1], [1, side]].map(([r, c]) => byPlace.get(`${cell.row + r} ${cell.col + c}`)).filter((one) => one !== undefined);
    }
    this.made = cells;
    return cells;
  }

  shape({ row, col }) {
    const [x, y] = [WEST + col * HALF * 2 + (row % 2) * HALF, SOUTH + row * HEIGHT * 1.5];
    const corners = [[0, 1], [1, 0.5], [1, -0.5], [0, -1], [-1, -0.5], [-1, 0.5], [0, 1]];
    return { type: "Polygon", coordinates: [corners.map(([dx, dy]) => [+(x + dx * HALF).toFixed(5), +(y + dy * HEIGHT).toFixed(5)])] };
  }

  sites(kinds) {
    return this.city.sites.filter(({ lon, kind }) => lon !== null && kinds.includes(kind)).map(({ id, name, kind, unit, lon, lat }) => ({ id, name, kind, unit, lon, lat }));
  }

  data() {
    return { pack: "hanoi-mo-phong", version: "2026-11-01", points: { name: "danh sách mô phỏng", date: "2026-11-20" } };
  }

  minutes(cell, km, mode) {
    return km * cell.slow * SPEED[mode] + cell.late;
  }

  reach(question, cell, point, km) {
    if (point === null) return { minutes: null, km: null, covered: false, nearest: null };
    const minutes = this.minutes(cell, km * 1.3, question.mode);
    const [inTime, inKm] = [minutes < question.minutes, km * 1.3 <= question.km];
    const covered = { any: inTime || inKm, all: inTime && inKm, time: inTime, distance: inKm }[question.rule];
    return { minutes: round(minutes, 2), km: round(km * 1.3, 3), covered, nearest: point.id };
  }

  /** The nearest point of every cell; all by their straight line, which is enough for an invented city. */
  nearest(points) {
    return this.cells.map((cell) => {
      let [best, km] = [null, Infinity];
      for (const point of points) {
        const d = kmBetween(cell, point);
        if (d < km) [best, km] = [point, d];
      }
      return { point: best, km };
    });
  }

  reaches(question, points) {
    const near = this.nearest(points);
    return this.cells.map((cell, i) => this.reach(question, cell, near[i].point, near[i].km));
  }

  /** Kept for the question asked last: a drag asks for it with every move. */
  before(question) {
    const key = JSON.stringify(question);
    if (this.last?.key !== key) this.last = { key, reaches: this.reaches(question, this.sites(question.kinds)) };
    return this.last.reaches;
  }

  share(reaches) {
    let [population, covered, far] = [0, 0, 0];
    for (const [i, cell] of this.cells.entries()) {
      population += cell.population;
      if (reaches[i].covered) covered += cell.population;
      if (cell.approximate) far += cell.population;
    }
    return { population, covered, share: covered / population, far_population: far };
  }

  changed(question, changes) {
    const points = new Map(this.sites(question.kinds).map((one) => [one.id, one]));
    const warnings = [];
    for (const one of changes) {
      const known = points.get(one.id) ?? this.city.sites.find(({ id }) => id === one.id);
      if (one.do !== "add" && known === undefined) { warnings.push({ code: "unknown_point", id: one.id, detail: "no such point" }); continue; }
      if (one.do === "remove") points.delete(one.id);
      else {
        if (this.unitAt(one.lon, one.lat) === null) warnings.push({ code: one.lat > 90 ? "swapped" : "outside", id: one.id, detail: "outside the city" });
        else if (one.lon < 105.36) warnings.push({ code: "far_from_road", id: one.id, detail: "1.4 km from a road" });
        points.set(one.id, { ...known, ...one, unit: this.unitAt(one.lon, one.lat) });
      }
    }
    return { points: [...points.values()], warnings };
  }

  scenario({ changes = [], cells: which = "changed", ...question }) {
    const before = this.before(question);
    const { points, warnings } = this.changed(question, changes);
    const after = changes.length === 0 ? before : this.reaches(question, points);
    let [gained, lost] = [0, 0];
    const units = new Map();
    const cells = [];
    for (const [i, cell] of this.cells.entries()) {
      const [a, b] = [before[i], after[i]];
      const unit = units.get(cell.unit) ?? { population: 0, before: 0, after: 0 };
      unit.population += cell.population;
      if (a.covered) unit.before += cell.population;
      if (b.covered) unit.after += cell.population;
      units.set(cell.unit, unit);
      if (!a.covered && b.covered) gained += cell.population;
      if (a.covered && !b.covered) lost += cell.population;
      if (which === "all" || (which === "changed" && (a.minutes !== b.minutes || a.nearest !== b.nearest))) cells.push({ cell: cell.cell, unit: cell.unit, population: cell.population, approximate: cell.approximate, before: a, after: b });
    }
    const ids = new Set(changes.map(({ id }) => id));
    return {
      question, data: this.data(), before: this.share(before), after: this.share(after), gained, lost,
      units: [...units].filter(([, one]) => one.before !== one.after).map(([unit, one]) => ({ unit, name: this.names.get(unit), population: one.population, before: one.before / one.population, after: one.after / one.population })),
      cells,
      points: points.filter(({ id }) => ids.has(id)).map((one) => {
        const near = this.cells.filter((_, i) => after[i].nearest === one.id);
        const people = near.reduce((sum, { population }) => sum + population, 0);
        return { id: one.id, name: one.name, kind: one.kind, lon: one.lon, lat: one.lat, unit: one.unit, road_km: one.lon < 105.36 ? 1.4 : 0.05, people, rescued: Math.min(people, gained) };
      }),
      warnings,
    };
  }

  rows(question) {
    const reaches = this.before(question);
    return this.cells.map(({ cell, unit, population, approximate }, i) => ({ cell, unit, population, minutes: reaches[i].minutes, km: reaches[i].km, nearest_by_time: reaches[i].nearest, nearest_by_distance: reaches[i].nearest, covered: reaches[i].covered, access_km: approximate ? 1.4 : 0.1, approximate }));
  }

  geojson(question) {
    return { type: "FeatureCollection", features: this.rows(question).map((properties, i) => ({ type: "Feature", properties, geometry: this.shape(this.cells[i]) })) };
  }

  gaps(question, least) {
    const reaches = this.before(question);
    const place = new Map(this.cells.map((cell, i) => [cell, i]));
    const seen = new Set();
    const found = [];
    for (const [i, first] of this.cells.entries()) {
      if (reaches[i].covered || seen.has(first)) continue;
      const group = [first];
      seen.add(first);
      for (const one of group) for (const next of one.around) if (!seen.has(next) && !reaches[place.get(next)].covered) { seen.add(next); group.push(next); }
      const people = group.reduce((sum, { population }) => sum + population, 0);
      if (people > least) found.push({ group, people });
    }
    found.sort((a, b) => b.people - a.people);
    return {
      question, data: this.data(), people: found.reduce((sum, { people }) => sum + people, 0),
      gaps: found.map(({ group, people }, i) => {
        const of = (name) => group.map((cell) => reaches[place.get(cell)][name]);
        const [lons, lats] = [group.map(({ lon }) => lon), group.map(({ lat }) => lat)];
        const box = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
        const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
        const centre = group.reduce((best, one) => (Math.hypot(one.lon - x, one.lat - y) < Math.hypot(best.lon - x, best.lat - y) ? one : best));
        const worst = Math.max(...of("minutes"));
        const near = reaches[place.get(centre)];
        const units = [...new Set(group.map(({ unit }) => unit))];
        const side = ["phía tây", "phía đông", "phía nam", "phía bắc"][group.length % 4];
        return {
          rank: i + 1, name: `${this.names.get(units[0])}, ${side}`, units, people, cells: group.map(({ cell }) => cell), worst_minutes: round(worst, 2), mean_minutes: round(of("minutes").reduce((a, b) => a + b, 0) / group.length, 2),
          over_minutes: round(worst - question.minutes, 2), over_km: round(Math.max(...of("km")) - question.km, 3),
          nearest: { id: near.nearest, name: this.city.sites.find(({ id }) => id === near.nearest)?.name ?? near.nearest, minutes: near.minutes, km: near.km }, centre: [centre.lon, centre.lat], bbox: box,
        };
      }),
    };
  }

  hours(question) {
    const { covered, population } = this.share(this.before(question));
    const slots = Array.from({ length: 672 }, (_, i) => {
      const [day, quarter] = [Math.floor(i / 96), i % 96];
      const isOpen = (quarter >= 32 && quarter < 46) || (quarter >= 54 && quarter < 68);
      return day === 6 || !isOpen ? 0 : day === 5 ? (quarter < 46 ? Math.round(covered * 0.62) : 0) : covered;
    });
    return { question, data: this.data(), population, slots, hours_a_week: { mean: 36.9, worst_tenth: 31.5 }, assumed: true };
  }

  queue(question) {
    const reaches = this.before(question);
    const waits = new Map(this.city.sites.map(({ id, mean, mood }) => [id, mean === null ? null : (mood === "over" ? 1.6 : 1) * mean / 60]));
    let [people, travel, wait, elsewhere, unknown] = [0, 0, 0, 0, 0];
    const cells = this.cells.map(({ cell, population }, i) => {
      const { minutes, nearest } = reaches[i];
      const known = waits.get(nearest) ?? null;
      const isOther = (known ?? 0) > 14;
      const w = isOther ? 4 : (known ?? 0);
      const t = minutes + (isOther ? 6 : 0);
      people += population; travel += t * population; wait += w * population;
      if (isOther) elsewhere += population;
      if (known === null) unknown += population;
      return { cell, population, travel: round(t, 2), wait: round(w, 2), total: round(t + w, 2), point: nearest, nearest, is_known: known !== null };
    });
    const mean = (sum) => round(sum / people, 2);
    return {
      question, data: this.data(), as_of: stamp(this.city.now), cells,
      summary: { people, mean_travel: mean(travel), mean_wait: mean(wait), mean_total: mean(travel + wait), elsewhere_people: elsewhere, unknown_people: unknown },
      points: this.sites(question.kinds).map(({ id }, i) => ({ id, wait: round(waits.get(id) ?? null, 2), basis: waits.get(id) === null ? "none" : ["forecast", "hour", "queue"][i % 3], people: 20_000 + ((i * 7919) % 40_000) })),
    };
  }

  equity(question) {
    const all = this.cells.map(({ population }, i) => [this.before(question)[i].minutes ?? 120, population]).sort(([a], [b]) => a - b);
    const people = all.reduce((sum, [, n]) => sum + n, 0);
    const at = (share) => { let sum = 0; for (const [minutes, n] of all) { sum += n; if (sum >= share * people) return round(minutes, 2); } return null; };
    const mean = all.reduce((sum, [m, n]) => sum + m * n, 0) / people;
    const { share } = this.share(this.before(question));
    return {
      question, data: this.data(), people, mean_minutes: round(mean, 2), gini: 0.31, worst_tenth_minutes: round((at(0.9) + at(0.99)) / 2, 2),
      quantiles: [0.5, 0.75, 0.9, 0.95, 0.99].map((one) => ({ share: one, minutes: at(one) })),
      bands: [{ speed: 0.8, detour: 1.3, share: share - 0.014 }, { speed: 1, detour: 1.3, share }, { speed: 1.2, detour: 1.15, share: share + 0.006 }],
    };
  }

  /** Greedily, which is what an invented answer may do. */
  siting({ problem, number = 3, target = 0.99, vehicles = 1, sessions_a_week: sessions = 5, candidates, changes = [], capacity, ...question }) {
    const { points, warnings } = this.changed(question, changes);
    const reaches = this.reaches(question, points);
    const before = this.share(reaches);
    const open = this.cells.map((cell, i) => ({ cell, i })).filter(({ i }) => !reaches[i].covered);
    const places = Array.isArray(candidates) ? candidates : open.filter((_, n) => n % 7 === 0).map(({ cell }) => ({ id: cell.cell, name: "", lon: cell.lon, lat: cell.lat }));
    if (problem === "close") return this.closing(question, number, points, before, warnings);
    const served = new Set();
    const gainOf = (place) => open.filter(({ cell, i }) => !served.has(i) && this.reach(question, cell, { id: "x" }, kmBetween(cell, place)).covered);
    const sum = (all) => Math.min(capacity ?? Infinity, all.reduce((n, { cell }) => n + cell.population, 0));
    const chosen = [];
    const most = problem === "share" ? 12 : problem === "mobile" ? Math.min(6, vehicles * sessions) : number;
    while (chosen.length < most) {
      const ranked = places.filter(({ id }) => !chosen.some((one) => one.id === id)).map((place) => ({ place, gain: gainOf(place) })).map((one) => ({ ...one, people: sum(one.gain) })).sort((a, b) => b.people - a.people);
      const [best, next] = ranked;
      if (best === undefined || best.people === 0) break;
      for (const { i } of best.gain) served.add(i);
      const unit = this.unitAt(best.place.lon, best.place.lat);
      const nameOf = ({ name, lon, lat }) => (name === "" ? `Ô dân cư, ${this.names.get(this.unitAt(lon, lat)) ?? "ngoài"}` : name);
      chosen.push({ rank: chosen.length + 1, id: best.place.id, name: nameOf(best.place), lon: best.place.lon, lat: best.place.lat, unit, adds: best.people, alone: Math.round(best.people * 0.85), cells: best.gain.map(({ cell }) => cell.cell), next_best: next === undefined ? null : { id: next.place.id, name: nameOf(next.place), adds: next.people } });
      const has = before.covered + chosen.reduce((n, one) => n + one.adds, 0);
      if (problem === "share" && has / before.population >= target) break;
    }
    const adds = chosen.reduce((n, one) => n + one.adds, 0);
    const unit = problem === "share" ? "points" : problem.startsWith("least") ? "minutes" : "people";
    const objective = unit === "points" ? chosen.length : unit === "minutes" ? 12.4 : adds;
    const bound = unit === "points" ? Math.max(1, chosen.length - 1) : unit === "minutes" ? 12.1 : Math.round(adds * 1.008);
    const covered = before.covered + adds;
    return {
      question, data: this.data(), problem, objective, bound, gap: objective === 0 ? 0 : Math.abs(bound - objective) / objective, is_proven: objective === bound, unit, before, after: { ...before, covered, share: covered / before.population }, chosen, warnings,
      ...(problem === "mobile" ? { timetable: Array.from({ length: vehicles * sessions }, (_, n) => ({ vehicle: 1 + (n % vehicles), weekday: 1 + (Math.floor(n / vehicles) % 5), half: Math.floor(n / vehicles) < 5 ? "morning" : "afternoon", id: chosen[n % Math.max(1, chosen.length)]?.id ?? "" })) } : {}),
    };
  }

  closing(question, number, points, before, warnings) {
    const chosen = points.slice(3, 3 + number).map(({ id, name, lon, lat, unit }, i) => ({ rank: i + 1, id, name, lon, lat, unit, adds: 40 * (i + 1), alone: 40 * (i + 1), cells: [], next_best: null }));
    const objective = chosen.reduce((sum, { adds }) => sum + adds, 0);
    return { question, data: this.data(), problem: "close", objective, bound: objective, gap: 0, is_proven: true, unit: "people", before, after: { ...before, covered: before.covered - objective, share: (before.covered - objective) / before.population }, chosen, warnings };
  }
}

export { KINDS };
