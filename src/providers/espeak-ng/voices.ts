import { unknownVoice } from "../unknown-voice.ts";

/** A voice of the program's list. */
export interface Voice {
  /** What it is asked for by: `en-gb`. */
  readonly language: string;
  /** `English_(Great_Britain)`. */
  readonly name: string;
  /** Further languages that it speaks, the lower the number the better. */
  readonly others: readonly { readonly language: string; readonly rank: number }[];
}

/** ` 2  en-gb  --/M  English_(Great_Britain)  gmw/en  (en 2)`: rank, language, gender, name, file, other languages. */
const line = /^ *\d+ +(?<language>[a-z][a-z0-9-]*) +\S+ +(?<name>\S+) +\S+ *(?<others>.*)$/i;

/** The languages that the program lists. */
export function parseVoices(list: string): Voice[] {
  return list.split("\n").flatMap((text) => {
    const { language, name = "", others = "" } = line.exec(text)?.groups ?? {};
    if (language === undefined) return [];
    const further = [...others.matchAll(/\(([a-z0-9-]+) +(\d+)\)/gi)];
    return {
      language,
      name,
      others: further.map(([, other = "", rank]) => ({ language: other, rank: Number(rank) })),
    };
  });
}

/**
 * What the program is to be told for a language or a voice that people name: `de`, `pt-BR`, `zh`, `German`. A region
 * that it does not know is left out.
 *
 * @throws {ApiError} `upstream_rejected` where it has none of that name
 */
export function findLanguage(voices: readonly Voice[], asked: string, provider: string): string {
  const name = asked.trim().toLowerCase().replaceAll("_", "-");
  const found = find(voices, name) ?? find(voices, name.replace(/-.*$/, ""));
  if (found) return found.language;
  const languages = voices.map(({ language }) => language);
  throw unknownVoice(provider, asked, languages);
}

function find(voices: readonly Voice[], name: string): Voice | undefined {
  const is = (other: string) => other.toLowerCase().replaceAll("_", "-") === name;
  const further = voices.flatMap((voice) =>
    voice.others.filter(({ language }) => is(language)).map(({ rank }) => ({ voice, rank })),
  );
  const [best] = further.sort((a, b) => a.rank - b.rank);
  return voices.find(({ language }) => is(language)) ?? voices.find((voice) => is(voice.name)) ?? best?.voice;
}
