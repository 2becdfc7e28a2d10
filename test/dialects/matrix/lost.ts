/** What a format has no place for. */
export interface Lost {
  /** Where it is asked in one of these, or asked out in one of those. */
  readonly dialects: readonly string[];
  readonly wires: readonly string[];
  /** Of features and failures. */
  readonly aspects: readonly string[];
  /** The same sentence stands in `src/help/other-apis.md`. */
  readonly why: string;
}

/** All that is lost by nature of a format, and nothing that could be kept. */
export const lost: readonly Lost[] = [
  {
    dialects: ["Ollama"],
    wires: ["Ollama"],
    aspects: ["tokens from a cache", "tokens of thinking"],
    why: "Ollama's API counts neither the tokens that came from a cache nor those of thinking, whether one asks in it or out.",
  },
  {
    dialects: [],
    wires: ["Ollama"],
    aspects: ["type of a picture"],
    why: "Ollama is sent pictures without their type, which it finds out by itself.",
  },
  {
    dialects: [],
    wires: ["Ollama"],
    aspects: ["effort"],
    why: "Of the models behind Ollama, gpt-oss alone is told how hard to think; any other thinks, or does not.",
  },
  {
    dialects: ["Ollama"],
    wires: ["Ollama"],
    aspects: ["forced tool"],
    why: "Ollama's API cannot say that a tool must be called; a model behind it is told so in words.",
  },
  {
    dialects: ["Ollama"],
    wires: [],
    aspects: ["type of a failure"],
    why: "A failure in Ollama's API is a status and a sentence, without a word for its kind.",
  },
  {
    dialects: ["Anthropic"],
    wires: ["Anthropic"],
    aspects: ["seed"],
    why: "Anthropic's API knows no seed, whether one asks in it or out.",
  },
  {
    dialects: ["Anthropic", "Gemini", "Ollama"],
    wires: ["Anthropic", "Gemini", "Ollama"],
    aspects: ["name of a schema"],
    why: "A schema has a name in OpenAI's API alone.",
  },
];

export function isLost(dialect: string, wire: string, aspect: string): boolean {
  return lost.some(
    ({ dialects, wires, aspects }) => aspects.includes(aspect) && (dialects.includes(dialect) || wires.includes(wire)),
  );
}
