in vec2 v_p;
out vec4 o;
uniform vec2 u_star;
float flow(vec3 p) { return noise3(p) * 0.57 + noise3(p * 2.03 + 11.0) * 0.28 + noise3(p * 4.1 + 5.0) * 0.15; }
void main() {
  float t = u_misc.y * mix(0.25, 1.0, u_misc.z);
  float r = length(v_p);
  if (r > u_star.y) { discard; }
  if (u_scope > 0.0) {
    // Strokes through the middle, as the beam of the tube drew them, and where it burns.
    float w = 0.9 * u_misc.w / (u_misc.x * u_star.x), light = 1.0 - smoothstep(w, 2.0 * w, abs(r - 1.0));
    float turn = floor(u_misc.y * 12.0 * u_misc.z);
    for (float i = 0.0; i < 3.0; i++) {
      float a = (hash1(turn) + i / 3.0) * TAU * 0.5;
      vec2 d = vec2(cos(a), sin(a));
      light = max(light, (1.0 - smoothstep(w, 2.0 * w, abs(dot(v_p, vec2(-d.y, d.x))))) * step(abs(dot(v_p, d)), 0.72));
    }
    o = vec4(PHOSPHOR * light, 0.0);
    return;
  }
  vec2 dir = v_p / max(r, 1e-4);
  float aa = 1.5 / (u_misc.x * u_star.x);
  vec3 c = vec3(0.0);
  float cover = 0.0;
  if (r < 1.0 + aa) {
    float z = sqrt(max(0.0, 1.0 - r * r));
    float turn = t * 0.045;
    vec3 s = vec3(v_p.x * cos(turn) + z * sin(turn), v_p.y, z * cos(turn) - v_p.x * sin(turn));
    float big = flow(s * 2.3 + vec3(0.0, 0.0, t * 0.05));
    float grain = flow(s * 7.5 + big * 1.8 + vec3(t * 0.13, 0.0, 0.0));
    float heat = big * 0.55 + grain * 0.65;
    // Cells of light with darker seams, a few spots, and a limb that darkens to orange.
    float seams = 1.0 - abs(grain - 0.5) * 2.0;
    heat += 0.22 * pow(seams, 3.0);
    float spots = smoothstep(0.30, 0.20, big);
    vec3 deep = vec3(0.93, 0.24, 0.03), mid = vec3(1.0, 0.60, 0.15), hot = vec3(1.0, 0.94, 0.74);
    vec3 face = mix(deep, mid, smoothstep(0.25, 0.60, heat));
    face = mix(face, hot, smoothstep(0.55, 0.92, heat));
    face = mix(face, vec3(0.45, 0.08, 0.01), spots * 0.7);
    face = mix(face, hot, 0.34 * z * z);
    face *= 0.60 + 0.55 * z;
    face += vec3(1.0, 0.45, 0.12) * pow(1.0 - z, 3.0) * 0.75;
    cover = 1.0 - smoothstep(1.0 - aa, 1.0 + aa, r);
    c = face * cover * 1.12;
  }
  // Corona: a soft fall, rays that stream outward, and a hot rim.
  float out_r = max(r - 1.0, 0.0);
  float fade = 1.0 - smoothstep(u_star.y * 0.45, u_star.y, r);
  float glow = exp(-out_r * 2.1) * 0.75 + exp(-out_r * 0.85) * 0.26;
  float rays = 0.0;
  if (r > 0.9 && out_r < 2.9) {
    float shimmer = 0.10 * sin(r * 17.0 - t * 3.1 + dir.x * 9.0 + dir.y * 7.0) * exp(-out_r);
    vec3 q = vec3(dir * 3.1, out_r * 0.75 - t * 0.22 + shimmer);
    float n = noise3(q) * 0.6 + noise3(q * vec3(3.1, 3.1, 1.9) + 7.0) * 0.4;
    rays = pow(smoothstep(0.28, 0.95, n), 1.6) * exp(-out_r * 1.15) * 1.5 * (1.0 - smoothstep(1.8, 2.9, out_r));
    // Prominences: thin arcs that stand on the limb.
    float loops = noise3(vec3(dir * 5.5, t * 0.11 + 3.0));
    rays += smoothstep(0.62, 0.95, loops) * exp(-pow((out_r - 0.10) * 11.0, 2.0)) * 1.3;
  }
  vec3 halo = mix(vec3(1.0, 0.33, 0.07), vec3(1.0, 0.78, 0.42), exp(-out_r * 3.2));
  c += halo * (glow * 0.80 + rays * 0.55) * fade * (1.0 - cover * 0.92);
  o = vec4(c, cover);
}
