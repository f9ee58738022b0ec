// An autopilot for the tests. It reads window.perihelion.state() as a person reads the screen and answers with the
// DOM events a person's hands would make: mouse moves over the canvas, keys on the document. It knows nothing else.
// arguments[0]: { task: "hold" } stays where it is; { task: "hunt", foe: NAME } flies to the foe and shoots;
// { task: "siege" } flies to the enemy's core and shoots at it; { task: "plunge" } flies into the star;
// { task: "tow", foe: NAME } flies to the foe and takes it in tow;
// { task: "gather" } flies to decoys that float, round the star until there is one;
// { task: "tour" } flies to the star and shoots at whoever is near.
const { task, foe } = arguments[0];
const SHOT_SPEED = 620, STAR_GM = 16e6, STAR_SOFTENING = 60;
const STAR_CLEAR = 520, FIGHT_RANGE = 330, CRUISE = 320;
const stage = document.getElementById("stage");
const down = new Set();

function key(code, name, wanted) {
  if (wanted === down.has(code)) return;
  wanted ? down.add(code) : down.delete(code);
  const init = { code, key: name, bubbles: true, cancelable: true };
  document.body.dispatchEvent(new KeyboardEvent(wanted ? "keydown" : "keyup", init));
}
const thrust = (on) => key("KeyW", "w", on);
const brake = (on) => key("KeyX", "x", on);
const fire = (on) => task === "tow" ? key("KeyE", "e", on) : key("Space", " ", on);

function aim(state, angle) {
  const { camera, own } = state;
  const box = stage.getBoundingClientRect();
  const x = box.left + box.width / 2 + (own.x - camera.x) * camera.pixels_per_unit + 120 * Math.cos(angle);
  const y = box.top + box.height / 2 - (own.y - camera.y) * camera.pixels_per_unit - 120 * Math.sin(angle);
  // A browser sends both for one motion of the mouse.
  const init = { clientX: x, clientY: y, bubbles: true };
  stage.dispatchEvent(new PointerEvent("pointermove", { ...init, pointerId: 1, pointerType: "mouse", isPrimary: true }));
  stage.dispatchEvent(new MouseEvent("mousemove", init));
}

const off = (a, b) => Math.abs(Math.atan2(Math.sin(a - b), Math.cos(a - b)));

// Where to fly: straight there, or round the star when it is in the way.
function course(own, goal) {
  const dx = goal.x - own.x, dy = goal.y - own.y, length = Math.hypot(dx, dy) || 1;
  const along = -(own.x * dx + own.y * dy) / (length * length);
  if (along <= 0 || along >= 1) return goal;
  let nx = own.x + dx * along, ny = own.y + dy * along;
  const near = Math.hypot(nx, ny);
  if (near >= STAR_CLEAR) return goal;
  // Straight through the star there is no side to prefer: the one the ship moves to already.
  if (near < 200) {
    const side = own.x * own.vy - own.y * own.vx < 0 ? -1 : 1;
    nx = -own.y * side;
    ny = own.x * side;
  }
  const scale = (STAR_CLEAR + 180) / Math.hypot(nx, ny);
  return { x: nx * scale, y: ny * scale };
}

// Where to point so that a shot, which inherits our speed and falls toward the star, meets the foe.
function lead(own, target) {
  let t = 0, px = 0, py = 0;
  for (let round = 0; round < 4; round++) {
    px = target.x - own.x + (target.vx - own.vx) * t;
    py = target.y - own.y + (target.vy - own.vy) * t;
    const r2 = own.x * own.x + own.y * own.y;
    const pull = r2 > 1100 * 1100 ? 0 : STAR_GM / Math.pow(r2 + STAR_SOFTENING * STAR_SOFTENING, 1.5);
    px += 0.5 * pull * own.x * t * t;
    py += 0.5 * pull * own.y * t * t;
    t = Math.hypot(px, py) / SHOT_SPEED;
  }
  return Math.atan2(py, px);
}

// A point a little ahead on a circle round the star.
function orbit(own) {
  const angle = Math.atan2(own.y, own.x) + 0.5;
  return { x: 470 * Math.cos(angle), y: 470 * Math.sin(angle) };
}

function hunt(state) {
  const { own } = state;
  const far = (ship) => Math.hypot(ship.x - own.x, ship.y - own.y);
  const core = task === "siege" && state.cores.find((core) => core.team !== state.team);
  const others = core ? [{ ...core, vx: 0, vy: 0 }] : state.ships.filter((ship) => !ship.own && (task === "tour" ? far(ship) < 300 : ship.name === foe));
  if (task === "plunge") {
    // Against whatever would carry it past.
    const far = Math.hypot(own.x, own.y) || 1;
    const wanted = Math.atan2((-own.y / far) * 150 - own.vy, (-own.x / far) * 150 - own.vx);
    aim(state, wanted);
    thrust(off(own.heading, wanted) < 0.5);
    // A rock in the way would hold it for ever.
    fire(state.mode === "drift" && far > 300 && Math.hypot(own.vx, own.vy) < 120);
    return;
  }
  const seen = others.sort((a, b) => far(a) - far(b))[0];
  const gift = task === "gather" && state.pickups.filter((one) => one.kind === "decoy").sort((a, b) => far(a) - far(b))[0];
  const goal = seen || gift || (task === "tour" || task === "gather" ? orbit(own) : window.autopilot.waypoint);
  if (!goal) { thrust(false); fire(false); brake(true); return; }
  const distance = Math.hypot(goal.x - own.x, goal.y - own.y);
  if (task === "tow" && seen && distance < 210) {
    const angle = Math.atan2(seen.y - own.y, seen.x - own.x);
    aim(state, angle);
    thrust(false);
    brake(true);
    fire(state.ships.some((ship) => ship.own && ship.towing) || (off(own.heading, angle) < 0.15 && !seen.protected));
    return;
  }
  if (task !== "tow" && seen && distance < FIGHT_RANGE) {
    const angle = lead(own, seen);
    aim(state, angle);
    thrust(false);
    brake(Math.hypot(own.vx, own.vy) > 25);
    fire(off(own.heading, angle) < Math.max(0.04, 12 / distance));
    return;
  }
  fire(false);
  const to = task === "tour" || (task === "gather" && !gift) ? goal : course(own, goal);
  const dx = to.x - own.x, dy = to.y - own.y, length = Math.hypot(dx, dy) || 1;
  const speed = to === goal ? Math.min(CRUISE, 40 + 1.2 * Math.max(0, gift ? length : length - 200)) : CRUISE;
  const wx = (dx / length) * speed - own.vx, wy = (dy / length) * speed - own.vy;
  const wanted = Math.atan2(wy, wx);
  brake(false);
  if (Math.hypot(wx, wy) < 25) { aim(state, Math.atan2(dy, dx)); thrust(false); return; }
  aim(state, wanted);
  thrust(off(own.heading, wanted) < 0.5);
}

function step() {
  const state = JSON.parse(perihelion.state());
  if (!state) return;
  if (state.phase === "dead" && task !== "hold") {
    for (const release of [thrust, brake, fire]) release(false);
    document.getElementById("relaunch").click();
  }
  if (state.phase !== "flying" || !state.own) return;
  if (task === "hold") brake(true);
  else hunt(state);
}

const timer = setInterval(step, 30);
window.autopilot = {
  waypoint: null,
  stop() {
    clearInterval(timer);
    for (const release of [thrust, brake, fire]) release(false);
  },
};
