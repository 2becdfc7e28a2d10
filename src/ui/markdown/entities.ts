// Those that people write. The whole list is two thousand names long; what is not among these stays as it is written.
const visible = [
  `amp & lt < gt > quot " apos ' copy © reg ® trade ™ hellip … mdash — ndash – lsquo ‘ rsquo ’ sbquo ‚`,
  `ldquo “ rdquo ” bdquo „ laquo « raquo » lsaquo ‹ rsaquo › bull • middot · deg ° plusmn ± times ×`,
  `divide ÷ minus − euro € pound £ yen ¥ cent ¢ sect § para ¶ dagger † permil ‰ micro µ larr ← rarr →`,
  `uarr ↑ darr ↓ harr ↔ rArr ⇒ hArr ⇔ le ≤ ge ≥ ne ≠ asymp ≈ equiv ≡ infin ∞ sum ∑ prod ∏ radic √ int ∫`,
  `part ∂ isin ∈ cap ∩ cup ∪ forall ∀ exist ∃ empty ∅ frac12 ½ frac14 ¼ frac34 ¾ sup1 ¹ sup2 ² sup3 ³`,
  `alpha α beta β gamma γ delta δ epsilon ε theta θ lambda λ mu μ pi π rho ρ sigma σ tau τ phi φ omega ω`,
  `Delta Δ Sigma Σ Omega Ω check ✓ lbrack [ rbrack ] lpar ( rpar ) ast * vert | num # dollar $ colon :`,
  `lbrace { rbrace } bsol \\ sol / lowbar _ grave \``,
].join(" ");

const names = new Map([
  ...[...visible.matchAll(/(\w+) (\S+)/g)].map(([, name = "", sign = ""]) => [name, sign] as const),
  ["nbsp", "\u00A0"],
  ["shy", "\u00AD"],
  ["ensp", "\u2002"],
  ["emsp", "\u2003"],
  ["thinsp", "\u2009"],
  ["zwj", "\u200D"],
  ["zwnj", "\u200C"],
  ["Tab", "\t"],
  ["NewLine", "\n"],
]);

/** What Markdown writes as `&amp;` and the like, as the characters that they stand for. */
export function decodeEntities(text: string): string {
  return text.includes("&")
    ? text.replace(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z][A-Za-z\d]{1,31}));/g, toSigns)
    : text;
}

function toSigns(entity: string, decimal?: string, hexadecimal?: string, name?: string): string {
  if (name !== undefined) return names.get(name) ?? entity;
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
  const isNone = code === 0 || code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff);
  return isNone ? "\uFFFD" : String.fromCodePoint(code);
}
