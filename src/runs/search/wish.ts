import { oneLine } from "../../lib/text.ts";
import { textAt, tryParseJson } from "../../lib/json.ts";
import { parseWebAddress } from "../../lib/web-address.ts";
import type { EventOf } from "../../protocol/events.ts";
import { maxQueryLength } from "./asked.ts";
import type { OurCall } from "../tools/call-sorter.ts";
import { searchName } from "./tools.ts";

/** What a model wants of one of our tools; `nothing` where its arguments cannot be read, with what it is told of that. */
export type Wish =
  | { readonly is: "search"; readonly query: string }
  | { readonly is: "read"; readonly url: URL }
  | { readonly is: "nothing"; readonly why: string };

/** Longer ones are no addresses, and no questions either; arbitrary. */
const maxArgumentsLength = 10_000;
/** Of what people are shown. */
const maxStatusLength = 200;

export function toWish(call: OurCall): Wish {
  const given = call.arguments.length <= maxArgumentsLength ? tryParseJson(call.arguments) : undefined;
  if (call.name === searchName) {
    const query = oneLine(textAt(given, "query") ?? "", maxQueryLength);
    if (query !== "") return { is: "search", query };
    return { is: "nothing", why: 'Nothing was searched for: write {"query": "…"} with the words to search for.' };
  }
  const url = parseWebAddress(textAt(given, "url")?.trim() ?? "");
  if (url) return { is: "read", url };
  return { is: "nothing", why: 'Nothing was read: write {"url": "https://…"} with the whole address of a page.' };
}

/** What people are shown of it. */
export function toLabelled(wish: Wish): EventOf<"reasoning">[] {
  if (wish.is === "nothing") return [];
  const [label, status] = wish.is === "search" ? ["search", wish.query] : ["read page", wish.url.host];
  return [{ type: "reasoning", label, status: oneLine(status, maxStatusLength) }];
}
