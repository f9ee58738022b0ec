uniform vec2 u_star;  // radius (u), how far the corona is drawn (radii)
out vec2 v_p;
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
  v_p = corner * u_star.y;
  gl_Position = vec4((v_p * u_star.x - u_view.xy) / u_view.zw, 0.0, 1.0);
}
