import { Kind, type TSchema } from "@sinclair/typebox";
import * as buckets from "../protocol/buckets.ts";
import * as budget from "../protocol/budget.ts";
import * as channel from "../protocol/channel.ts";
import * as chat from "../protocol/chat.ts";
import * as chats from "../protocol/chats.ts";
import * as cookies from "../protocol/cookies.ts";
import * as events from "../protocol/events.ts";
import * as forms from "../protocol/forms.ts";
import * as memory from "../protocol/memory.ts";
import * as models from "../protocol/models.ts";
import * as providerKeys from "../protocol/provider-keys.ts";
import * as resources from "../protocol/resources.ts";
import * as runs from "../protocol/runs.ts";
import * as sessions from "../protocol/sessions.ts";
import * as settings from "../protocol/settings.ts";
import * as setup from "../protocol/setup.ts";
import * as shares from "../protocol/shares.ts";
import * as speech from "../protocol/speech.ts";
import * as streamTest from "../protocol/stream-test.ts";
import * as trace from "../protocol/trace.ts";
import * as usage from "../protocol/usage.ts";
import { docComments } from "./doc-comments.ts" with { type: "macro" };

const comments = docComments();
const contract: Readonly<Record<string, unknown>> = {
  ...buckets,
  ...budget,
  ...channel,
  ...chat,
  ...chats,
  ...cookies,
  ...events,
  ...forms,
  ...memory,
  ...models,
  ...providerKeys,
  ...resources,
  ...runs,
  ...sessions,
  ...settings,
  ...setup,
  ...shares,
  ...speech,
  ...streamTest,
  ...trace,
  ...usage,
};

/** The contract's schemas by what they are made of: TypeBox copies a schema to make it optional, not its parts. */
const names = new Map<unknown, string>();
/** What a property's comment says, by its schema and its name: a schema may stand under several, also in others' objects. */
const words = new Map<unknown, Record<string, string>>();

for (const [name, value] of Object.entries(contract)) {
  if (typeof value !== "object" || value === null) continue;
  if (isSchema(value) && partsOf(value)) names.set(partsOf(value), name);
  const properties: object = isSchema(value) ? (value.properties ?? {}) : value;
  for (const [property, schema] of Object.entries(properties)) {
    const said = comments[`${name}.${property}`];
    if (said !== undefined) words.set(schema, { ...words.get(schema), [property]: said });
  }
}

/** As the contract exports it; `undefined` for what has no name of its own. */
export function nameOf(schema: TSchema): string | undefined {
  const parts = partsOf(schema);
  return parts === undefined ? undefined : names.get(parts);
}

export function wordsOf(name: string): string | undefined {
  return comments[name];
}

export function wordsOfProperty(property: string, schema: TSchema): string | undefined {
  return words.get(schema)?.[property];
}

function partsOf({ properties, anyOf, allOf }: TSchema): unknown {
  return properties ?? anyOf ?? allOf;
}

function isSchema(value: object): value is TSchema {
  return Kind in value;
}
