in vec2 v_p;
flat in vec4 v_body;
flat in vec4 v_colour;
flat in vec4 v_light;
out vec4 o;
float flow(vec3 p) { return noise3(p) * 0.6 + noise3(p * 2.2 + 3.0) * 0.28 + noise3(p * 4.6 + 9.0) * 0.12; }
void main() {
  float r = length(v_p);
  float aa = 1.2 / (u_misc.x * v_body.z);
  vec3 light = normalize(vec3(v_light.xy, 0.38));
  float seed = v_body.w, number = v_colour.w;
  vec3 c = vec3(0.0);
  float cover = 1.0 - smoothstep(1.0 - aa, 1.0 + aa, r);
  vec3 air = mix(v_colour.rgb, vec3(0.55, 0.75, 1.0), 0.55);
  if (cover > 0.0) {
    float z = sqrt(max(0.0, 1.0 - r * r));
    vec3 n = vec3(v_p, z);
    // Its own day: the surface turns about a tilted axis.
    float tilt = 0.35 + hash1(seed) * 0.5, turn = u_misc.y * 0.03;
    vec3 s = vec3(n.x, n.y * cos(tilt) - n.z * sin(tilt), n.y * sin(tilt) + n.z * cos(tilt));
    s = vec3(s.x * cos(turn) + s.z * sin(turn), s.y, s.z * cos(turn) - s.x * sin(turn));
    vec3 base = v_colour.rgb;
    vec3 face;
    float rough = flow(s * 3.4 + seed);
    if (number < 0.5) {
      // Rock and dust: continents and craters.
      face = mix(base * 0.42, base * 1.15, smoothstep(0.32, 0.66, rough));
      face = mix(face, base * vec3(1.25, 1.2, 1.1), smoothstep(0.62, 0.8, flow(s * 7.0 + seed)));
    } else if (number < 1.5) {
      // Seas, land and cloud.
      face = mix(vec3(0.05, 0.20, 0.36), vec3(0.20, 0.46, 0.40), smoothstep(0.50, 0.56, rough));
      face = mix(face, vec3(0.55, 0.52, 0.36), smoothstep(0.60, 0.72, rough));
      float cloud = flow(s * vec3(2.6, 5.0, 2.6) + seed * 2.0 + vec3(u_misc.y * 0.02, 0.0, 0.0));
      face = mix(face, vec3(0.92, 0.96, 1.0), smoothstep(0.52, 0.74, cloud) * 0.85);
      face = mix(face, vec3(0.95), smoothstep(0.80, 0.92, abs(s.y)));
    } else {
      // Gas: bands that wave.
      float lat = s.y * 6.0 + (rough - 0.5) * 1.5;
      float band = sin(lat * 2.4 + seed) * 0.5 + 0.5;
      face = mix(base * 0.55, mix(base, vec3(0.95, 0.85, 0.9), 0.45), band);
      face *= 0.86 + 0.28 * noise3(vec3(s.x * 2.0, lat * 3.0, seed));
    }
    float day = dot(n, light);
    float lit = smoothstep(-0.10, 0.75, day);
    face *= lit * 1.22 + 0.035;
    face += vec3(0.9, 0.35, 0.15) * base * smoothstep(0.22, 0.0, abs(day)) * 0.16;
    face += air * pow(1.0 - z, 2.6) * (lit * 0.85 + 0.06);
    c = face * cover;
  }
  float rim = max(r - 1.0, 0.0);
  float side = smoothstep(-0.65, 0.9, dot(v_p / max(r, 1e-4), light.xy));
  c += air * exp(-rim * 11.0) * (1.0 - cover) * (0.10 + 0.75 * side) * (1.0 - smoothstep(1.5, 1.75, r));
  o = vec4(c, cover);
}
