in vec2 v_p;
flat in vec4 v_colour;
flat in vec4 v_kind;
flat in vec2 v_px;
out vec4 o;
float over(float d) { return 1.0 - smoothstep(-v_px.x, v_px.x, d); }
float segment(vec2 p, vec2 a, vec2 b) {
  vec2 e = b - a, w = p - a;
  return length(w - e * clamp(dot(w, e) / dot(e, e), 0.0, 1.0));
}
// Each shape answers with its colour, premultiplied; the numbers are those of `Kind`.
vec4 light(float a) { return v_colour * a; }
vec4 ring(float thick) {
  float r = length(v_p), t = max(thick, 1.6 * v_px.x);
  return light(over(abs(r - 1.0 + t) - t * 0.5) + 0.22 * exp(-abs(r - 1.0 + t) * 9.0) * (1.0 - smoothstep(0.9, 1.0, r)));
}
vec4 arc(float share, float thick) {
  float r = length(v_p), t = max(thick, 1.4 * v_px.x);
  float turn = abs(atan(v_p.x, v_p.y)) / 3.14159265;
  float on = 1.0 - smoothstep(share, share + 0.02, turn);
  return light(over(abs(r - 1.0 + t) - t * 0.5) * mix(0.16, 1.0, on) + 0.10 * on * smoothstep(0.45, 1.0, r) * over(r - 1.0 + t));
}
vec4 streak() {
  float along = v_p.x * 0.5 + 0.5;
  float width = mix(0.25, 1.0, along);
  float core = exp(-pow(v_p.y / width, 2.0) * 5.0) * along * along * (1.0 - smoothstep(0.82, 1.0, v_p.x));
  float hot = core * core * core;
  return vec4(v_colour.rgb * core + vec3(max(v_colour.r, max(v_colour.g, v_colour.b))) * hot * 0.6, v_colour.a * core);
}
vec4 flame(float phase) {
  float t = (1.0 - v_p.x) * 0.5;
  float lick = noise3(vec3(t * 3.0 - phase * 9.0, v_p.y * 2.0, phase * 3.0));
  float width = max(pow(1.0 - t, 0.75) * (0.55 + 0.35 * lick) * smoothstep(-0.05, 0.16, t), 0.02);
  float body = exp(-pow(v_p.y / width, 2.0) * 2.6) * pow(1.0 - t, 1.35) * (0.75 + 0.5 * lick);
  float core = exp(-pow(v_p.y / (width * 0.45), 2.0) * 2.6) * pow(max(1.0 - t * 1.7, 0.0), 1.5);
  return vec4(v_colour.rgb * body + vec3(1.0, 0.95, 0.85) * core * 0.9, v_colour.a * body);
}
vec4 gem(float phase) {
  vec2 q = abs(v_p);
  float d = max(q.x * 0.8660254 + q.y * 0.5, q.y) - 0.78;
  float table = max(q.x * 0.8660254 + q.y * 0.5, q.y) - 0.40;
  float side = floor((atan(v_p.y, v_p.x) / TAU + 0.5) * 6.0);
  float shade = 0.42 + 0.42 * hash1(side + 3.0) + 0.25 * sin(u_misc.y * 2.2 + phase + side * 1.9);
  vec3 c = v_colour.rgb * mix(shade, 1.15, over(table));
  c = mix(c, v_colour.rgb * 1.3 + 0.25 * v_colour.a, smoothstep(-0.16, -0.10, d));
  c += 0.5 * v_colour.a * over(table) * smoothstep(0.75, 1.0, sin(u_misc.y * 1.3 + phase + v_p.x * 2.0 + v_p.y));
  return vec4(c, v_colour.a) * over(d);
}
vec4 badge(float symbol) {
  float r = length(v_p);
  float body = over(r - 0.86);
  float rim = over(abs(r - 0.80) - 0.07);
  vec3 c = v_colour.rgb * 0.16;
  c = mix(c, v_colour.rgb, max(rim, over(symbol)));
  return vec4(c, v_colour.a) * body;
}
vec4 bolt() {
  float d = min(min(segment(v_p, vec2(0.16, 0.52), vec2(-0.20, -0.02)), segment(v_p, vec2(-0.20, -0.02), vec2(0.20, 0.04))), segment(v_p, vec2(0.20, 0.04), vec2(-0.16, -0.52)));
  float r = max(abs(v_p.x) * 0.8660254 + abs(v_p.y) * 0.5, abs(v_p.y)) - 0.82;
  vec3 c = mix(v_colour.rgb * 0.16, v_colour.rgb, max(smoothstep(-0.16, -0.12, r), over(d - 0.085)));
  return vec4(c, v_colour.a) * over(r);
}
vec4 bubble(float time) {
  float r = length(v_p);
  float rim = pow(smoothstep(0.45, 0.97, r), 3.0) * over(r - 0.98);
  vec2 h = v_p * 4.0;
  float waves = sin(h.x * 1.7 + time * 1.3) + sin(dot(h, vec2(-0.9, 1.5)) - time) + sin(dot(h, vec2(-0.8, -1.5)) + time * 0.7);
  float cells = smoothstep(0.55, 0.0, abs(waves)) * over(r - 0.97) * smoothstep(0.2, 0.9, r);
  return light(rim * 0.75 + cells * 0.16 + over(abs(r - 0.95) - 0.012) * 0.7);
}
vec4 bar(float hull, float shield) {
  vec2 q = abs(v_p);
  float frame = over(q.x - 0.985);
  float x = v_p.x * 0.5 + 0.5;
  vec3 tint = mix(vec3(1.0, 0.25, 0.22), vec3(0.45, 1.0, 0.55), smoothstep(0.2, 0.75, hull));
  bool top = v_p.y > 0.1;
  float filled = top ? step(x, shield) : step(x, hull);
  vec3 c = mix(vec3(0.02, 0.03, 0.05), top ? vec3(0.42, 0.66, 1.0) : tint, filled);
  float a = v_colour.a * frame * mix(0.55, 1.0, filled);
  return vec4(c * a, a);
}
vec4 chevron() {
  float d = abs(v_p.x + abs(v_p.y) * 0.9 - 0.35) * 0.74 - 0.16;
  return light(over(max(d, abs(v_p.y) - 0.9)));
}
vec4 crown() {
  float x = abs(v_p.x);
  float points = -0.05 + 0.62 * abs(fract(x * 1.25 + 0.5) - 0.5) * 2.0 * mix(1.0, 1.1, x);
  float d = max(max(v_p.y - points, -0.55 - v_p.y), x - 0.82);
  return light(over(d));
}
float wedge(vec2 p) {
  return max(abs(p.x) * 0.9 + p.y * 0.45 - 0.2, -p.y - 0.36);
}
vec4 beam(float faded) {
  float ends = smoothstep(1.0, 0.985, abs(v_p.x));
  float core = exp(-v_p.y * v_p.y * mix(60.0, 12.0, faded)) * (1.0 - faded);
  float halo = exp(-v_p.y * v_p.y * 5.0) * 0.45;
  vec3 c = v_colour.rgb * (core + halo) + vec3(core) * 0.6 * (1.0 - faded);
  return vec4(c * ends, 0.0) * (1.0 - smoothstep(0.8, 1.0, abs(v_p.y)));
}
// The same in thin strokes and dots, for the screen of 1962.
vec4 drawn(int kind, float r, vec4 usual) {
  switch (kind) {
    case 0: return light(over(r - min(0.4, 1.4 * v_px.x * u_misc.w)));
    case 4: return light(over(abs(v_p.y) - max(0.3, v_px.y)) * step(-0.2, v_p.x));
    case 5: return light(over(abs(v_p.y) - max(0.08, v_px.y)) * step(1.0 - 2.0 * (0.35 + 0.65 * hash1(floor(v_kind.z * 20.0))), v_p.x));
    case 10: return light(over(abs(r - 0.95) - max(0.01, 0.7 * v_px.x)));
    case 14: return light(over(abs(v_p.y) - max(0.2, v_px.y)) * (1.0 - v_kind.z));
    default: return usual;
  }
}
void main() {
  int kind = int(v_kind.y + 0.5);
  float r = length(v_p);
  switch (kind) {
    case 0: o = light(max(exp(-r * r * 4.2) - 0.015, 0.0)); break;
    case 1: o = light(over(r - 1.0 + v_px.x)); break;
    case 2: o = ring(v_kind.z); break;
    case 3: o = arc(v_kind.z, v_kind.w); break;
    case 4: o = streak(); break;
    case 5: o = flame(v_kind.z); break;
    case 6: o = light(over(max(abs(v_p.y) * 0.866 + v_p.x * 0.5, -v_p.x) - 0.5)); break;
    case 7: o = gem(v_kind.z); break;
    case 8: o = badge(min(max(abs(v_p.x) - 0.44, abs(v_p.y) - 0.15), max(abs(v_p.y) - 0.44, abs(v_p.x) - 0.15))); break;
    case 9: o = bolt(); break;
    case 10: o = bubble(v_kind.z); break;
    case 11: o = bar(v_kind.z, v_kind.w); break;
    case 12: o = chevron(); break;
    case 13: o = crown(); break;
    case 14: o = beam(v_kind.z); break;
    case 15: o = badge(min(abs(r - 0.46) - 0.09, r - 0.17)); break;
    case 16: o = badge(min(max(abs(v_p.x) - 0.09, abs(v_p.y - 0.04) - 0.48), max(abs(abs(v_p.x) - 0.34) - 0.08, abs(v_p.y + 0.08) - 0.32))); break;
    case 17: o = badge(min(r - 0.15, max(abs(r - 0.47) - 0.10, 0.11 - min(abs(v_p.x), abs(v_p.y))))); break;
    default: o = badge(min(wedge(v_p + vec2(0.24, 0.0)), abs(wedge(v_p - vec2(0.2, 0.0))) - 0.045));
  }
  if (u_scope > 0.0) { o = vec4(phosphor(drawn(kind, r, o).rgb), 0.0); }
}
