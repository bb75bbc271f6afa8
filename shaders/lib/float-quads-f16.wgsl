// Four numbers stored in f16.
//include lib/halves.wgsl
alias FloatQuad = vec2u;

fn float_quads_load(quad: FloatQuad) -> vec4f { return halves_unpack(quad); }
fn float_quads_store(v: vec4f) -> FloatQuad { return halves_pack(v); }
