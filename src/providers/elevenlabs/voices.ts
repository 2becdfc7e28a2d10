import { arrayAt, textAt } from "../../lib/json.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { Call } from "../provider.ts";
import type { Requests } from "../requests.ts";
import { unknownVoice } from "../unknown-voice.ts";

/**
 * The id of a voice that people name; the account's first where they name none. Asked anew each time, since voices
 * are added and removed by hand.
 *
 * https://elevenlabs.io/docs/api-reference/voices/get-all
 *
 * @throws {ApiError} `upstream_rejected` where the account has none of that name
 */
export async function findVoice(
  name: string | undefined,
  requests: Requests,
  provider: string,
  call: Call,
): Promise<string> {
  if (name !== undefined && isVoiceId(name)) return name;
  const listed = arrayAt(await requests.json({ path: "/voices" }, call), "voices");
  const voices = listed.flatMap((voice) => {
    const id = textAt(voice, "voice_id");
    return id === undefined ? [] : [{ id, name: textAt(voice, "name") ?? id }];
  });
  const found = name === undefined ? voices[0] : find(voices, name);
  if (found) return found.id;
  if (name === undefined) throw new ApiError("upstream_rejected", `${provider} has no voice at all for this account`);
  const known = voices.map((voice) => shortName(voice.name));
  throw unknownVoice(provider, name, known, " for this account");
}

interface Voice {
  readonly id: string;
  readonly name: string;
}

function find(voices: readonly Voice[], name: string): Voice | undefined {
  const is = (other: string) => other.toLowerCase() === name.trim().toLowerCase();
  return voices.find((voice) => is(voice.name)) ?? voices.find((voice) => is(shortName(voice.name)));
}

/** `Roger - Laid-Back, Casual` is called Roger. */
function shortName(name: string): string {
  return name.split(/ [-–] /)[0] ?? name;
}

function isVoiceId(name: string): boolean {
  return /^[A-Za-z0-9]{20}$/.test(name);
}
