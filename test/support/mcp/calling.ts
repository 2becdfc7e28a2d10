import { join } from "node:path";
import { at, arrayAt, textAt } from "../../../src/lib/json.ts";
import type { RunEvent } from "../../../src/protocol/events.ts";
import {
  anthropicTurn,
  geminiTurn,
  inTurns,
  openaiTurn,
  responsesTurn,
  type ScriptedCall,
  type ScriptedTurn,
  wordyTurn,
} from "../calling-upstream.ts";
import { openRouted, type RoutedOptions } from "../routed.ts";
import type { Script } from "../scripted-upstream.ts";
import { until } from "../until.ts";

export const wires = {
  openai: openaiTurn,
  responses: responsesTurn,
  anthropic: anthropicTurn,
  gemini: geminiTurn,
  words: wordyTurn,
};
export type WireName = keyof typeof wires;
export const wireNames = Object.keys(wires) as WireName[];

/** What is in the environment of the tools, and nobody may see. */
export const canary = "canary-env-value";

const folder = import.meta.dir;

/** The tools as a program of their own. */
export const toolProgram = {
  name: "tools",
  command: process.execPath,
  args: [join(folder, "program.ts")],
  env: { TOOL_TOKEN: canary },
  tools: ["*"],
};

/** A program that misbehaves in one way. */
export const misbehaving = (way: string, more: object = {}) => ({
  name: way,
  command: process.execPath,
  args: [join(folder, "misbehaving.ts"), way],
  env: { TOOL_TOKEN: canary },
  tools: ["*"],
  ...more,
});

export const calling = (name: string, args: object = {}): ScriptedCall => ({ name, json: JSON.stringify(args) });

/** Which wire, and fields of the request. */
type TakeOptions = { readonly wire?: WireName } & Readonly<Record<string, unknown>>;

/** The whole application with MCP servers, and a provider of each wire that takes the turns it is given. */
export async function openCalling(servers: readonly object[], options: RoutedOptions = {}) {
  let script: Script = () => [];
  const before = wireNames.map(() => 0);
  const routed = await openRouted(
    wireNames.map(
      (_, index): Script =>
        (request, count) =>
          script(request, count - (before[index] ?? 0)),
    ),
    {
      ...options,
      providers: wireNames.map((name) => ({
        name,
        type: name === "anthropic" || name === "gemini" ? name : "openai",
        ...(name === "responses" && { api: "responses" }),
        models: ["m", "gpt-4o"],
      })),
      settings: { mcp_servers: servers, ...options.settings },
      flags: { log_level: "debug", ...options.flags },
    },
  );
  const requests = (wire: WireName = "openai") => {
    const index = wireNames.indexOf(wire);
    return routed.upstreams[index]?.requests.slice(before[index]) ?? [];
  };
  return {
    ...routed,
    requests,
    /** What a model was asked in one of its turns. */
    body: (turn: number, wire: WireName = "openai"): unknown => JSON.parse(requests(wire)[turn]?.body ?? "{}"),
    /** Asks a model that takes these turns. */
    take(turns: readonly ScriptedTurn[], { wire = "openai", ...more }: TakeOptions = {}) {
      script = inTurns(wires[wire], turns);
      for (const [index, { requests: all }] of routed.upstreams.entries()) before[index] = all.length;
      return {
        messages: [{ role: "user", content: "What is it?" }],
        provider: wire,
        model: "m",
        mcp: true,
        ...(wire === "words" && { tool_emulation: true }),
        ...more,
      };
    },
    /** Until a server's tools are offered: on a busy machine it may not start in the time that it is given. */
    async untilOffered(name: string) {
      await until(async () => {
        await this.say([{ text: "Fine." }], { mcp: [name] });
        return toolsOf(this.body(0)).length > 0;
      });
    },
    async say(turns: readonly ScriptedTurn[], more: TakeOptions = {}) {
      return routed.ask(this.take(turns, more));
    },
  };
}

/** What the model was told of its calls, over OpenAI's wire. */
export const resultsOf = (body: unknown): readonly string[] =>
  arrayAt(body, "messages")
    .filter((message) => at(message, "role") === "tool")
    .map((message) => textAt(message, "content") ?? JSON.stringify(at(message, "content")));

export const toolsOf = (body: unknown): readonly string[] =>
  arrayAt(body, "tools").map((tool) => textAt(tool, "function", "name") ?? "");

export const labelledOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "reasoning" && event.label ? [[event.label, event.status]] : []));
