in vec2 v_p;
flat in vec4 v_body;
flat in vec4 v_look;
flat in vec2 v_light;
out vec4 o;
// Corner k of an irregular polygon.
vec2 corner(float k, float n, float seed, float size, float rough) {
  float a = (k + 0.55 * (hash1(seed + k * 3.1) - 0.5)) / n * TAU;
  return vec2(cos(a), sin(a)) * size * (1.0 - rough * hash1(seed * 1.7 + k * 5.7));
}
float cross2(vec2 a, vec2 b) { return a.x * b.y - a.y * b.x; }
void main() {
  float seed = v_look.x, hull = v_look.y;
  float n = v_body.z > 50.0 ? 13.0 : (v_body.z > 25.0 ? 10.0 : 8.0);
  float px = 1.0 / (u_misc.x * v_body.z);
  float turn = fract(atan(v_p.y, v_p.x) / TAU + 1.0) * n;
  // The corners are jittered: look at the neighbours for the sector that holds this point.
  float inside = -1e3, tone = 0.0, seam = 1e3, facet = 0.0;
  for (float i = -1.0; i <= 1.0; i += 1.0) {
    float k = mod(floor(turn) + i, n), k2 = mod(k + 1.0, n);
    vec2 a = corner(k, n, seed, 1.04, 0.26), b = corner(k2, n, seed, 1.04, 0.26);
    if (cross2(a, v_p) >= -1e-4 && cross2(v_p, b) >= -1e-4) {
      vec2 edge = normalize(b - a);
      inside = cross2(edge, v_p - a);
      vec2 normal = vec2(edge.y, -edge.x);
      tone = dot(normal, v_light);
      facet = hash1(seed + k * 7.3);
      seam = min(abs(cross2(normalize(a), v_p)), abs(cross2(normalize(b), v_p)));
    }
  }
  float cover = smoothstep(-px, px, inside);
  if (cover <= 0.0) { discard; }
  // A flatter top: a smaller polygon with fewer corners.
  float m = 6.0, top_turn = floor(fract(atan(v_p.y, v_p.x) / TAU + 1.0) * m);
  float top = 1e3;
  for (float i = -1.0; i <= 1.0; i += 1.0) {
    float k = mod(top_turn + i, m), k2 = mod(k + 1.0, m);
    vec2 a = corner(k, m, seed + 31.0, 0.58, 0.35), b = corner(k2, m, seed + 31.0, 0.58, 0.35);
    if (cross2(a, v_p) >= -1e-4 && cross2(v_p, b) >= -1e-4) { top = cross2(normalize(b - a), v_p - a); }
  }
  float on_top = smoothstep(-px, px, top);
  vec3 stone = mix(vec3(0.30, 0.27, 0.27), vec3(0.36, 0.29, 0.23), v_look.z);
  float slope = 0.5 + 0.5 * tone;
  float light = mix(0.22 + 0.95 * slope * slope, 0.62 + 0.10 * dot(v_p, v_light), on_top);
  light *= 0.86 + 0.26 * facet * (1.0 - on_top);
  float grain = noise3(vec3(v_p * 5.0 + seed, seed)) * 0.6 + noise3(vec3(v_p * 13.0, seed)) * 0.4;
  vec3 c = stone * light * (0.80 + 0.40 * grain);
  c *= mix(vec3(0.62, 0.70, 0.98), vec3(1.22, 1.02, 0.80), slope);
  // Pits.
  for (float i = 0.0; i < 3.0; i += 1.0) {
    vec2 at = (vec2(hash1(seed + i * 9.1), hash1(seed + i * 4.7 + 2.0)) - 0.5) * 0.95;
    float size = 0.10 + 0.12 * hash1(seed + i * 2.9);
    vec2 d = v_p - at;
    float pit = smoothstep(size, size * 0.7, length(d));
    c *= 1.0 - 0.34 * pit;
    c += stone * 0.5 * pit * smoothstep(0.0, size, dot(d, -v_light)) ;
  }
  // Edges of the facets catch light; the outline is bright toward the star.
  c += stone * 0.30 * (1.0 - smoothstep(0.0, px * 1.6, abs(top))) * step(-0.5, top);
  c *= 1.0 - 0.30 * (1.0 - on_top) * (1.0 - smoothstep(0.0, px * 1.8, seam));
  float rim = 1.0 - smoothstep(px * 1.0, px * 3.0, inside);
  c += mix(vec3(0.10, 0.12, 0.19), vec3(1.0, 0.72, 0.42), slope * slope) * rim * (0.35 + 0.65 * slope);
  // Cracks glow as the hull goes.
  if (hull < 0.995) {
    float hurt = 1.0 - hull;
    float r = length(v_p);
    float jag = (noise3(vec3(v_p * 6.0, seed)) - 0.5) * 0.9;
    float lines = abs(fract((atan(v_p.y, v_p.x) / TAU + 0.5) * 5.0 + jag + seed) - 0.5) * r * 1.3;
    float crack = (1.0 - smoothstep(0.006 + px, 0.018 + 0.026 * hurt + px, lines)) * smoothstep(1.1 - hurt * 1.1, 1.0, r + 0.35 * hurt) * smoothstep(0.05, 0.2, r);
    c = mix(c, vec3(0.03, 0.02, 0.02), crack * 0.55);
    c += vec3(1.0, 0.36, 0.10) * crack * hurt * 1.1;
    c += vec3(1.0, 0.30, 0.08) * hurt * 0.07;
  }
  o = vec4(c, 1.0) * cover;
}
