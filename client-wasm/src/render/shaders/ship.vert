layout(location = 0) in vec4 a_0;
layout(location = 1) in vec4 a_1;
layout(location = 2) in vec4 a_2;
out vec2 v_p;
flat out float v_radius;
flat out vec4 v_colour;
flat out vec4 v_state;
flat out vec2 v_light;
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
  v_p = corner * 2.1;
  v_radius = a_0.z;
  v_colour = a_1;
  v_state = a_2;
  float s = sin(a_0.w), k = cos(a_0.w);
  vec2 to_star = normalize(-a_0.xy + 1e-3);
  v_light = vec2(to_star.x * k + to_star.y * s, to_star.y * k - to_star.x * s);
  vec2 turned = vec2(v_p.x * k - v_p.y * s, v_p.x * s + v_p.y * k);
  gl_Position = vec4((a_0.xy + turned * a_0.z - u_view.xy) / u_view.zw, 0.0, 1.0);
}
