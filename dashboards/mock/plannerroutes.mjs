// The routes of `planning.md` over the invented planner.
import { stamp } from "./city.mjs";
import { Refused } from "./desk.mjs";
import { KINDS } from "./planner.mjs";

const ANSWERED = /^\/api\/v1\/(coverage(\/(scenario|gaps|hours|queue|equity))?|map\/cells|siting|scenarios(\/.*)?)$/;

export const isPlanned = (path) => ANSWERED.test(path);

function questionOf(of) {
  return { mode: of("mode") ?? "motorbike", rule: of("rule") ?? "any", minutes: Number(of("minutes") ?? 30), km: Number(of("km") ?? 5), kinds: of("kinds") ?? KINDS };
}

const bodyQuestion = (body) => ({ ...body, ...questionOf((name) => body[name]) });

function exported(planner, id, format) {
  const saved = one(planner, id);
  const { points } = planner.changed(saved.question, saved.changes);
  if (format === "csv") return { type: "text/csv", text: ["id,name,kind,lon,lat", ...points.map(({ id: key, name, kind, lon, lat }) => `${key},"${name}",${kind},${lon},${lat}`)].join("\n") };
  return { type: "application/geo+json", text: JSON.stringify({ type: "FeatureCollection", features: points.map(({ lon, lat, ...properties }) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates: [lon, lat] } })) }) };
}

function one(planner, id) {
  const found = planner.saved.get(id);
  if (found === undefined) throw new Refused(404, "unknown_scenario", "there is no such scenario");
  return found;
}

function scenarios(planner, method, id, body) {
  const put = (key) => {
    if (typeof body.name !== "string" || body.name.trim() === "") throw new Refused(400, "not_a_line", "a name is needed");
    planner.saved.set(key, { id: key, name: body.name, note: body.note ?? "", by: body.by ?? "mô phỏng", saved_at: stamp(planner.city.now), question: body.question, changes: body.changes });
    return planner.saved.get(key);
  };
  if (id === undefined) {
    if (method === "GET") return { scenarios: [...planner.saved.values()] };
    planner.number += 1;
    return put(`s-${planner.number}`);
  }
  if (method === "PUT") return put(id);
  const found = one(planner, id);
  if (method === "DELETE") planner.saved.delete(id);
  return found;
}

/** What is answered; `text` with its `type`, or a value to be sent as JSON. */
export function plannedAnswer(planner, method, { pathname, searchParams }, body) {
  const path = pathname.replace("/api/v1/", "");
  const question = questionOf((name) => (name === "kinds" ? searchParams.get(name)?.split(",") : searchParams.get(name)));
  const [head, id, what] = path.split("/").map(decodeURIComponent);
  if (head === "scenarios" && what === "export") return exported(planner, id, searchParams.get("format"));
  if (head === "scenarios") return scenarios(planner, method, id, body);
  if (path === "map/cells") return planner.geojson(question);
  if (path === "coverage") return { rows: planner.rows(question) };
  if (path === "coverage/gaps") return planner.gaps(question, Number(searchParams.get("least") ?? 0));
  if (path === "coverage/scenario") return planner.scenario(bodyQuestion(body));
  if (path === "siting") return planner.siting(bodyQuestion(body));
  return planner[id](question);
}
