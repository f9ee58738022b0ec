layout(location = 0) in vec4 a_0;
layout(location = 1) in vec4 a_1;
layout(location = 2) in vec4 a_2;
out vec2 v_p;
flat out vec4 v_body;
flat out vec4 v_colour;
flat out vec4 v_light;
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
  v_p = corner * 1.75;
  v_body = a_0;
  v_colour = a_1;
  v_light = a_2;
  gl_Position = vec4((a_0.xy + v_p * a_0.z - u_view.xy) / u_view.zw, 0.0, 1.0);
}
