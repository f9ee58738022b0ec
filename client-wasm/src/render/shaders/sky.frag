in vec2 v_ndc;
out vec4 o;
uniform sampler2D u_picture;
void main() {
  if (u_scope > 0.0) {
    o = vec4(vec3(0.004, 0.022, 0.018) * u_scope, u_scope);
    return;
  }
  vec2 around = v_ndc * u_view.zw;
  vec2 uv = (u_view.xy * 0.10 + around) / 2900.0;
  vec3 gas = texture(u_picture, uv).rgb;
  vec3 fine = texture(u_picture, (u_view.xy * 0.16 + around) / 1150.0 + 0.37).rgb;
  vec3 c = vec3(0.011, 0.015, 0.036);
  float lanes = mix(1.0, 0.35, smoothstep(0.45, 0.75, gas.b));
  c += gas.r * (0.45 + 0.55 * fine.r) * vec3(0.200, 0.060, 0.260) * lanes;
  c += gas.g * (0.40 + 0.60 * fine.g) * vec3(0.016, 0.145, 0.205) * lanes;
  c += gas.r * gas.g * fine.r * vec3(0.26, 0.12, 0.15);
  // The star's light fills the space around it.
  float d = length(u_view.xy + around);
  c += vec3(0.50, 0.19, 0.055) / (1.0 + d * d / 108900.0) * 0.62;
  c += vec3(0.16, 0.07, 0.05) * exp(-d / 900.0) * 0.55;
  // A frame of dusk, and noise of half a step against bands.
  c *= 1.0 - 0.38 * dot(v_ndc * vec2(0.78, 0.7), v_ndc * vec2(0.78, 0.7));
  c += (fract(sin(dot(gl_FragCoord.xy, vec2(12.9898, 78.233))) * 43758.5453) - 0.5) / 255.0;
  o = vec4(max(c, 0.0), 1.0);
}
