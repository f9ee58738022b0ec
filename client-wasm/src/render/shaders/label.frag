in vec2 v_uv;
flat in vec4 v_colour;
out vec4 o;
uniform sampler2D u_picture;
void main() {
  // Red holds the letters, green their dark edge.
  vec4 t = texture(u_picture, v_uv);
  float letter = t.r, edge = t.a;
  o = vec4(phosphor(v_colour.rgb) * letter, edge) * v_colour.a;
}
