// Scores in register blocks of 8 queries x 8 keys. The module declares `params`.

struct AttentionScores { exists: bool, row: u32, column: u32, last: u32, base: u32 }

fn attention_scores_place(id: vec3u) -> AttentionScores {
  let base = (id.z / params.heads) * params.tokens * params.qkv_stride4 + (id.z % params.heads) * params.head4;
  let place = id.xy * 8u;
  return AttentionScores(place.x < params.tokens && place.y < params.tokens, place.y, place.x, params.tokens - 1u, base);
}
