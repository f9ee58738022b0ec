layout(location = 0) in vec4 a_0;
layout(location = 1) in vec4 a_1;
layout(location = 2) in vec4 a_2;
out vec2 v_at;
flat out vec4 v_colour;
flat out vec4 v_style;
flat out vec2 v_size;
const float SEGMENTS = 512.0;
void main() {
  float turn = float(gl_VertexID >> 1) / SEGMENTS;
  float side = float(gl_VertexID & 1) * 2.0 - 1.0;
  float half_width = max(a_0.w, 3.0 * u_misc.w / u_misc.x);
  vec2 p = a_0.xy + vec2(cos(turn * TAU), sin(turn * TAU)) * (a_0.z + side * half_width);
  v_at = vec2(turn, side);
  v_colour = a_1;
  v_style = a_2;
  v_size = vec2(a_0.z, half_width);
  gl_Position = vec4((p - u_view.xy) / u_view.zw, 0.0, 1.0);
}
