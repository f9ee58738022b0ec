layout(location = 0) in vec4 a_0;
layout(location = 1) in vec4 a_1;
layout(location = 2) in vec4 a_2;
uniform vec2 u_size;  // canvas, device px
out vec2 v_uv;
flat out vec4 v_colour;
void main() {
  vec2 c = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  v_uv = a_1.xy + c * a_1.zw;
  v_colour = a_2;
  vec2 at = a_0.xy + c * a_0.zw;
  gl_Position = vec4(at.x / u_size.x * 2.0 - 1.0, 1.0 - at.y / u_size.y * 2.0, 0.0, 1.0);
}
