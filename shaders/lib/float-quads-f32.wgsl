// Four numbers stored in f32.
alias FloatQuad = vec4f;

fn float_quads_load(quad: FloatQuad) -> vec4f { return quad; }
fn float_quads_store(v: vec4f) -> FloatQuad { return v; }
