layout(location = 0) in vec4 a_0;
layout(location = 1) in vec4 a_1;
layout(location = 2) in vec4 a_2;
out vec2 v_p;
flat out vec4 v_colour;
flat out vec4 v_kind;
flat out vec2 v_px;
void main() {
  v_p = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
  vec2 half_size = max(a_0.zw, vec2(0.6 / u_misc.x));
  v_px = 1.0 / (half_size * u_misc.x);
  v_colour = a_1;
  v_kind = a_2;
  float s = sin(a_2.x), k = cos(a_2.x);
  vec2 p = v_p * half_size;
  vec2 at = a_0.xy + vec2(p.x * k - p.y * s, p.x * s + p.y * k);
  gl_Position = vec4((at - u_view.xy) / u_view.zw, 0.0, 1.0);
}
