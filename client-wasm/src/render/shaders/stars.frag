in vec2 v_p;
flat in vec4 v_colour;
out vec4 o;
void main() {
  float r2 = dot(v_p, v_p);
  if (u_scope > 0.0) {
    o = vec4(phosphor(v_colour.rgb) * 0.7 * step(r2, 1.0), 0.0);
    return;
  }
  float a = exp(-r2 * 1.1);
  // The brightest have a cross of light.
  if (v_colour.a > 0.55) {
    a += 0.35 * (exp(-abs(v_p.x) * 0.75 - abs(v_p.y) * 5.0) + exp(-abs(v_p.y) * 0.75 - abs(v_p.x) * 5.0)) + 0.10 * exp(-sqrt(r2) * 0.8);
  }
  o = vec4(v_colour.rgb * a, 0.0);
}
