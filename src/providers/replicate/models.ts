import { arrayAt, at, textAt } from "../../lib/json.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { Model } from "../../protocol/models.ts";
import type { MediaKind } from "../../protocol/resources.ts";
import { createModel, mediaTraits } from "../model-traits.ts";
import type { Call } from "../provider.ts";
import type { Requests } from "../requests.ts";
import { anyFields, type Fields, readFields } from "./fields.ts";

/** What is known of one model. */
export interface KnownModel {
  readonly id: string;
  readonly fields: Fields;
  /** The version that runs where the model is not official, and has to be named then. */
  readonly version: string | undefined;
}

/** The models of one account's view, remembered as its lists tell of them. */
export interface ReplicateModels {
  /** @throws {ApiError} where neither collection can be had */
  list(call: Call): Promise<Model[]>;
  /** Asks for what is not known. @throws {ApiError} `model_not_found` */
  get(name: string, call: Call): Promise<KnownModel>;
  fieldsOf(name: string): Fields;
  kindOf(name: string): MediaKind;
}

/** https://replicate.com/collections: there is no plain list, but of all that anybody ever pushed. */
const collections = [
  ["text-to-image", "image"],
  ["text-to-video", "video"],
] as const;

/** Films by name, where no list has told yet. */
const films = /video|veo|kling|hailuo|seedance|sora|^wan-?\d|-[ti]2v|ltx|pixverse|(^|-)ray(-|$)|mochi|gen-?[34]/;

export function createReplicateModels(requests: Requests): ReplicateModels {
  const known = new Map<string, KnownModel>();
  const kinds = new Map<string, MediaKind>();

  return {
    async list(call) {
      const lists = await Promise.allSettled(
        collections.map(async ([slug, kind]) => {
          const body = await requests.json({ path: `/collections/${slug}` }, call);
          return arrayAt(body, "models").flatMap((entry) => learn(entry, kind));
        }),
      );
      const failure = lists.find(({ status }) => status === "rejected");
      if (failure?.status === "rejected" && lists.every(({ status }) => status === "rejected")) throw failure.reason;
      return lists.flatMap((list) => (list.status === "fulfilled" ? list.value : []));
    },
    async get(name, call) {
      const found = find(name);
      if (found) return found;
      const [, owner, model, version] = /^([\w.-]+)\/([\w.-]+)(?::(\w+))?$/.exec(name) ?? [];
      if (owner === undefined || model === undefined || isDots(owner) || isDots(model))
        throw new ApiError("model_not_found", "models of Replicate are called owner/name, or owner/name:version");
      if (version !== undefined)
        return { id: name, version, fields: await fieldsOfVersion(owner, model, version, call) };
      const entry = toKnown(await requests.json({ path: `/models/${owner}/${model}` }, call), `${owner}/${model}`);
      known.set(name, entry);
      return entry;
    },
    fieldsOf: (name) => find(name)?.fields ?? anyFields,
    kindOf: (name) => kinds.get(find(name)?.id ?? name) ?? (films.test(lastPart(name)) ? "video" : "image"),
  };

  /** By its whole name, or without its owner. */
  function find(name: string): KnownModel | undefined {
    return known.get(name) ?? known.values().find(({ id }) => lastPart(id) === name);
  }

  function learn(entry: unknown, kind: MediaKind): Model[] {
    const [owner, name] = [textAt(entry, "owner"), textAt(entry, "name")];
    if (owner === undefined || name === undefined) return [];
    const id = `${owner}/${name}`;
    known.set(id, toKnown(entry, id));
    // A model that makes films from words is sometimes listed among the pictures too.
    const isNew = !kinds.has(id) || kinds.get(id) === kind;
    if (isNew) kinds.set(id, kind);
    return isNew ? [createModel(id, { ...mediaTraits(kind), label: name })] : [];
  }

  async function fieldsOfVersion(owner: string, model: string, version: string, call: Call): Promise<Fields> {
    const body = await requests.json({ path: `/models/${owner}/${model}/versions/${version}` }, call);
    return readFields(at(body, "openapi_schema")) ?? anyFields;
  }
}

function toKnown(entry: unknown, id: string): KnownModel {
  return {
    id,
    fields: readFields(at(entry, "latest_version", "openapi_schema")) ?? anyFields,
    version: at(entry, "is_official") === false ? textAt(entry, "latest_version", "id") : undefined,
  };
}

function lastPart(name: string): string {
  return name.replace(/^.*\//, "");
}

/** `..` would leave the path. */
function isDots(part: string): boolean {
  return /^\.+$/.test(part);
}
