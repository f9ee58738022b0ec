in vec2 v_at;
flat in vec4 v_colour;
flat in vec4 v_style;
flat in vec2 v_size;
out vec4 o;
void main() {
  float across_px = v_at.y * v_size.y * u_misc.x;
  float line_px = v_style.w * u_misc.w;
  float line = 1.0 - smoothstep(line_px * 0.5, line_px * 0.5 + 1.2, abs(across_px));
  float a = line;
  if (v_style.y > 0.5 && v_style.x < 0.5) {
    a *= smoothstep(0.30, 0.36, abs(fract(v_at.x * v_style.y) - 0.5));
  }
  vec3 c = v_colour.rgb;
  if (u_scope > 0.0) {
    o = vec4(phosphor(c) * a * v_colour.a, 0.0);
    return;
  }
  if (v_style.x > 1.5) {
    // The wall: light and slanted hatching that fade toward the inside, dark red outside.
    float in_side = clamp(-v_at.y, 0.0, 1.0), out_side = clamp(v_at.y, 0.0, 1.0);
    float wall = v_at.y < 0.0 ? pow(1.0 - in_side, 2.6) * 0.26 : pow(1.0 - out_side, 1.5) * 0.34;
    float hatch = fract(v_at.x * v_style.y + v_at.y * 0.8 + u_misc.y * 0.25 * u_misc.z);
    wall *= 0.55 + 0.45 * smoothstep(0.0, 0.08, hatch) * (1.0 - smoothstep(0.42, 0.5, hatch));
    a = line * 1.1 + wall + 0.25 * exp(-abs(across_px) / (9.0 * u_misc.w));
  } else if (v_style.x > 0.5) {
    // The event ring: a running heat inside the line.
    float inside = clamp(-v_at.y, 0.0, 1.0);
    vec2 dir = vec2(cos(v_at.x * TAU), sin(v_at.x * TAU));
    float flow = noise3(vec3(dir * 9.0, v_at.y * 1.6 - u_misc.y * 0.5 * u_misc.z));
    a = line * (0.7 + 0.5 * flow) + (v_at.y < 0.0 ? pow(1.0 - inside, 2.0) * 0.30 * flow : 0.0);
    a += 0.30 * exp(-abs(across_px) / (6.0 * u_misc.w));
    float tick = smoothstep(0.47, 0.485, abs(fract(v_at.x * 72.0) - 0.5));
    a += 0.5 * tick * step(0.0, v_at.y) * (1.0 - smoothstep(0.06, 0.12, v_at.y));
    c = mix(c, vec3(1.0, 0.85, 0.6), line * 0.4);
  }
  o = vec4(c * a * v_colour.a, 0.0);
}
