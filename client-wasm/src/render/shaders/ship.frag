in vec2 v_p;
flat in float v_radius;
flat in vec4 v_colour;
flat in vec4 v_state;
flat in vec2 v_light;
out vec4 o;
// One half of each hull, nose at +x, from the nose along the outside to the tail; the other half is its mirror.
const int CORNERS = 8;
// spark, lancer (a fork: two long prongs with the barrel between them, wings far behind), needle (a dart, swept far back), prospector (two claws around the cutter), anvil (a blunt block with shoulders), wraith (a crescent), tender (a round body with a broad tail), gravitor (a ring that is open in front), dreadnought (a long slab with a ram and side decks).
const vec2 hulls[CORNERS * 9] = vec2[](
  vec2(1.42, 0.00), vec2(0.62, 0.26), vec2(0.18, 0.42), vec2(-0.55, 1.06), vec2(-0.98, 0.94), vec2(-0.66, 0.34), vec2(-0.80, 0.00), vec2(-0.80, 0.00),
  vec2(0.72, 0.00), vec2(1.72, 0.20), vec2(0.60, 0.44), vec2(-0.40, 0.42), vec2(-1.08, 1.02), vec2(-0.92, 0.30), vec2(-0.74, 0.00), vec2(-0.74, 0.00),
  vec2(1.85, 0.00), vec2(0.55, 0.17), vec2(-0.35, 0.30), vec2(-1.15, 0.98), vec2(-1.30, 0.86), vec2(-0.80, 0.22), vec2(-0.95, 0.00), vec2(-0.95, 0.00),
  vec2(0.55, 0.00), vec2(0.62, 0.34), vec2(1.18, 0.52), vec2(0.95, 0.92), vec2(0.10, 1.02), vec2(-0.85, 0.82), vec2(-1.05, 0.42), vec2(-0.90, 0.00),
  vec2(0.98, 0.00), vec2(0.98, 0.50), vec2(0.62, 0.62), vec2(0.40, 1.02), vec2(-0.50, 1.10), vec2(-0.62, 0.72), vec2(-1.02, 0.70), vec2(-0.88, 0.00),
  vec2(0.70, 0.00), vec2(0.42, 0.40), vec2(0.62, 0.82), vec2(1.10, 1.12), vec2(0.05, 1.02), vec2(-0.62, 0.62), vec2(-1.00, 0.22), vec2(-0.66, 0.00),
  vec2(1.02, 0.00), vec2(0.86, 0.46), vec2(0.40, 0.72), vec2(-0.25, 0.72), vec2(-0.45, 0.48), vec2(-0.72, 0.96), vec2(-1.12, 0.92), vec2(-1.00, 0.00),
  vec2(0.30, 0.00), vec2(0.62, 0.40), vec2(1.05, 0.34), vec2(0.92, 0.82), vec2(0.20, 1.12), vec2(-0.62, 0.98), vec2(-1.08, 0.42), vec2(-0.98, 0.00),
  vec2(1.32, 0.00), vec2(1.06, 0.24), vec2(0.72, 0.30), vec2(0.60, 0.66), vec2(-0.42, 0.74), vec2(-0.62, 0.96), vec2(-1.16, 0.90), vec2(-1.22, 0.00));
// Where the cockpit is, and how large.
const vec2 cockpits[9] = vec2[](vec2(0.52, 0.24), vec2(0.30, 0.24), vec2(0.45, 0.19), vec2(0.05, 0.27), vec2(0.42, 0.26), vec2(0.18, 0.22), vec2(0.42, 0.30), vec2(-0.25, 0.30), vec2(0.72, 0.14));
vec2 corner(int i) { return hulls[int(v_state.w + 0.5) * CORNERS + i]; }
float hull_distance(vec2 p) {
  p.y = abs(p.y);
  float d = 1e9;
  bool inside = false;
  for (int i = 0; i < CORNERS - 1; i++) {
    vec2 a = corner(i), b = corner(i + 1);
    vec2 e = b - a, w = p - a;
    // The last corner may stand twice.
    vec2 off = w - e * clamp(dot(w, e) / max(dot(e, e), 1e-6), 0.0, 1.0);
    d = min(d, dot(off, off));
    if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) { inside = !inside; }
  }
  return inside ? -sqrt(d) : sqrt(d);
}
void main() {
  float px = 1.0 / (u_misc.x * v_radius);
  float d = hull_distance(v_p);
  vec3 tint = v_colour.rgb;
  float flash = v_state.x, opacity = v_state.y, heat = v_state.z;
  float line = max(0.115, 1.7 * px * u_misc.w);
  float cover = 1.0 - smoothstep(-px, px, d);
  // A hull of dark metal, lit by the star, with a spine and panel lines.
  float lit = 0.5 + 0.5 * dot(normalize(vec2(v_p.x * 0.35, sign(v_p.y) * min(abs(v_p.y) * 3.0, 1.0)) + 1e-4), v_light);
  vec3 metal = mix(vec3(0.030, 0.038, 0.062), vec3(0.16, 0.17, 0.20), lit * lit) + tint * (0.10 + 0.10 * lit);
  float panel = 1.0 - smoothstep(0.0, 1.5 * px, abs(abs(v_p.y) - 0.30 + 0.12 * v_p.x) - 0.012);
  metal += tint * 0.16 * panel * step(v_p.x, 0.5);
  vec2 cockpit = cockpits[int(v_state.w + 0.5)];
  float canopy = length((v_p - vec2(cockpit.x, 0.0)) * vec2(1.0, 1.9)) - cockpit.y;
  vec3 c = metal;
  c = mix(c, mix(tint, vec3(1.0), 0.55), (1.0 - smoothstep(-px, px, canopy)) * 0.75);
  // The marking tells whose it is without colour.
  float mark = 1e3;
  vec2 m = v_p - vec2(-0.22, 0.0);
  if (v_colour.w < 0.5) {
    mark = max(abs(m.x + abs(m.y) * 0.9 - 0.16) - 0.10, abs(m.y) - 0.42);
  } else if (v_colour.w < 1.5) {
    mark = abs(m.x) + abs(m.y) - 0.27;
  } else {
    mark = abs(max(abs(m.x), abs(m.y)) - 0.19) - 0.055;
  }
  if (u_scope > 0.0) {
    // Thin lines, one's own whole and bright, others' broken and dimmer: on a screen of one colour for every eye.
    float thin = max(0.7 * px * u_misc.w, 0.03);
    float stroke = 1.0 - smoothstep(thin, thin + px, abs(d));
    if (v_colour.w > 0.5) { stroke *= 0.8 * step(0.3, fract(v_p.x * 2.6)); }
    stroke = max(stroke, 0.8 * (1.0 - smoothstep(thin, thin + px, abs(mark))));
    o = vec4(PHOSPHOR * max(stroke, flash * cover) * opacity, 0.0);
    return;
  }
  c = mix(c, mix(tint, vec3(1.0), 0.25), 1.0 - smoothstep(-px, px, mark));
  float outline = smoothstep(-line - px, -line + px, d);
  c = mix(c, mix(tint, vec3(1.0), 0.12), outline);
  // Engine mouth, burning edge, flash of a hit.
  c += vec3(1.0, 0.55, 0.2) * exp(-dot((v_p - vec2(-0.74, 0.0)) * vec2(4.0, 5.0), (v_p - vec2(-0.74, 0.0)) * vec2(4.0, 5.0))) * 0.35;
  c += vec3(1.0, 0.36, 0.08) * heat * smoothstep(-0.2, 1.0, dot(normalize(v_p + 1e-4), v_light)) * 0.9;
  c = mix(c, vec3(1.0), flash * 0.85);
  vec3 light = tint * (exp(-max(d, 0.0) * 5.0) * 0.42 + exp(-max(d, 0.0) * 16.0) * 0.35) * (1.0 - cover);
  light += vec3(1.0) * flash * exp(-max(d, 0.0) * 4.0) * 0.5 * (1.0 - cover);
  light *= 1.0 - smoothstep(1.5, 2.1, length(v_p));
  o = vec4(c * cover + light, cover) * opacity;
}
