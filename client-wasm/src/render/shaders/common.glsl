#version 300 es
precision highp float;
precision highp int;
uniform vec4 u_view;  // camera centre (u), half of the picture (u)
uniform vec4 u_misc;  // device px per u, time (s), motion (0 calm, 1 full), device px per CSS px
uniform float u_scope;  // 0: the usual look; else the screen of 1962, and how much of the old picture fades in this frame
const vec3 PHOSPHOR = vec3(0.46, 1.0, 0.80);
vec3 phosphor(vec3 c) { return u_scope > 0.0 ? PHOSPHOR * max(c.r, max(c.g, c.b)) : c; }
const float TAU = 6.28318531;

float hash1(float n) { return fract(sin(n) * 43758.5453); }
float hash3(vec3 p) {
  p = fract(p * vec3(0.1031, 0.1030, 0.0973));
  p += dot(p, p.yzx + 33.33);
  return fract((p.x + p.y) * p.z);
}
float noise3(vec3 p) {
  vec3 i = floor(p), f = fract(p);
  f = f * f * (3.0 - 2.0 * f);
  return mix(mix(mix(hash3(i), hash3(i + vec3(1, 0, 0)), f.x), mix(hash3(i + vec3(0, 1, 0)), hash3(i + vec3(1, 1, 0)), f.x), f.y),
             mix(mix(hash3(i + vec3(0, 0, 1)), hash3(i + vec3(1, 0, 1)), f.x), mix(hash3(i + vec3(0, 1, 1)), hash3(i + vec3(1, 1, 1)), f.x), f.y), f.z);
}
