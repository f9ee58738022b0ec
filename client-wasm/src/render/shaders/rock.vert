layout(location = 0) in vec4 a_0;
layout(location = 1) in vec4 a_1;
out vec2 v_p;
flat out vec4 v_body;
flat out vec4 v_look;
flat out vec2 v_light;
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
  vec2 p = corner * 1.25;
  v_body = a_0;
  v_look = a_1;
  // Everything in the rock's own frame, the light too.
  float s = sin(a_0.w), k = cos(a_0.w);
  v_p = p;
  vec2 to_star = normalize(-a_0.xy + 1e-3);
  v_light = vec2(to_star.x * k + to_star.y * s, to_star.y * k - to_star.x * s);
  vec2 turned = vec2(p.x * k - p.y * s, p.x * s + p.y * k);
  gl_Position = vec4((a_0.xy + turned * a_0.z - u_view.xy) / u_view.zw, 0.0, 1.0);
}
