import { describe, expect, test } from "bun:test";
import { assertRun, readEvents, textOf } from "../support/events.ts";
import { logsOf, messagesOf, openRouted, providersOf } from "../support/routed.ts";
import { answer, chunked, openaiText, openUpstream, type Script } from "../support/scripted-upstream.ts";

const fine: Script = () => openaiText("fine");
const silentStart = [...chunked([": thinking\n\n"]), "hang"] as const;
const openStart = [...chunked([`data: {"model":"m","choices":[{"delta":{"role":"assistant"}}]}\n\n`]), "hang"] as const;

describe("of three providers, one dead, one limited and one good", () => {
  test("1,000 runs all succeed, and the dead one is tried once in a cooling at most", async () => {
    let now = 1_000_000;
    const gone = openUpstream(() => []);
    const closed = gone.origin;
    gone[Symbol.dispose]();
    const limited: Script = () => answer(429, { error: { message: "slow down" } }, { "retry-after": "5" });
    await using routed = await openRouted([fine, limited, fine], {
      clock: () => now,
      providers: [{ base_url: closed }],
    });
    const tries: { at: number; name: string }[] = [];
    const skips = new Set<string>();
    for (let batch = 0; batch < 51; batch++) {
      const answers = await Promise.all(Array.from({ length: batch === 0 ? 1 : 20 }, () => routed.ask()));
      for (const events of answers) {
        expect(textOf(events)).toBe("fine");
        expect(events.some(({ type }) => type === "error")).toBe(false);
        for (const message of messagesOf(events)) tries.push({ at: now, name: message.slice(0, 1) });
        for (const log of logsOf(events)) if (log.includes("skipped")) skips.add(log.replace(/\d+ s/, "n s"));
      }
      now += 2_000;
    }
    expect(routed.counts()[2]).toBe(1 + 50 * 20);
    const of = (name: string) => tries.filter((each) => each.name === name).map(({ at }) => at);
    // Of a hundred seconds: after 15 s, and then after twice as long each time, but for the beats of two seconds.
    const dead = of("A");
    const waits = dead.slice(1).map((at, index) => at - (dead[index] ?? 0));
    expect(waits.length).toBeGreaterThanOrEqual(2);
    for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(15_000 * 2 ** index);
    const slow = of("B");
    expect(slow).toHaveLength(routed.counts()[1] ?? 0);
    for (const [index, at] of slow.slice(1).entries()) expect(at - (slow[index] ?? 0)).toBeGreaterThanOrEqual(5_000);
    expect([...skips].sort()).toEqual([
      "A skipped: cooling for n s after ResponseError",
      "B skipped: cooling for n s after RateLimitError",
    ]);
  });

  test("the trace names what each was to the router, and every attempt", async () => {
    const down: Script = () => answer(500, { error: { message: "oops" } });
    await using routed = await openRouted([down, fine, fine]);
    await routed.ask();
    const response = await routed.app.post({ messages: [{ role: "user", content: "Hi" }], model: "m" });
    const runId = response.headers.get("x-run-id");
    expect([response.headers.get("x-provider"), response.headers.get("x-model")]).toEqual(["B", "m"]);
    expect(response.headers.get("x-attempts")).toBe("1");
    await response.text();
    const trace = await (await routed.app.get(`/backend-api/v2/runs/${runId}/trace`)).json();
    expect(trace).toMatchObject({
      run_id: runId,
      decision: {
        asked: "m",
        route: null,
        strategy: "order",
        hedge_after_ms: null,
        candidates: [
          { provider: "B", model: "m", first_token_timeout_ms: 60_000 },
          { provider: "C", model: "m", first_token_timeout_ms: 60_000 },
        ],
        considered: [
          { provider: "A", skipped: "cooling for 15 s after ResponseError", errors: 1, busy: 0 },
          { provider: "B", skipped: null, errors: 0, weight: 1 },
          { provider: "C", skipped: null },
        ],
      },
      attempts: [{ provider: "B", outcome: "answered", error: null, hedge: false, tool_emulation: false }],
    });
    expect(trace.end).toEqual({
      reason: "stop",
      ended_ms: expect.any(Number),
      usage: expect.objectContaining({ total_tokens: expect.any(Number) }),
      cost: null,
    });
    expect(trace.decision.considered[1].latency_ms).toBeNumber();
    expect(trace.attempts[0].first_token_ms).toBeNumber();
    expect(trace.end.ended_ms).toBeGreaterThanOrEqual(trace.attempts[0].ended_ms);
    expect((await routed.app.get("/backend-api/v2/runs/run_unknown/trace")).status).toBe(404);
  });

  test("the trace of a run that goes on tells of it so far, and one that fell back of both", async () => {
    const down: Script = () => answer(500, { error: { message: "oops" } });
    await using routed = await openRouted([down, () => [...openStart]]);
    const response = await routed.app.post({ messages: [{ role: "user", content: "Hi" }], model: "m" });
    const reader = response.body!.getReader();
    let seen = "";
    while (!seen.includes("trying B")) seen += new TextDecoder().decode((await reader.read()).value);
    const trace = await (await routed.app.get(`/backend-api/v2/runs/${response.headers.get("x-run-id")}/trace`)).json();
    expect(trace.attempts).toMatchObject([
      { provider: "A", outcome: "failed", error: "ResponseError", message: "A answered 500: oops" },
      { provider: "B", outcome: "running", ended_ms: null },
    ]);
    await reader.cancel();
  });
});

describe("an attempt without a token", () => {
  test("is given up after its time while another one is left, and its connection closed", async () => {
    await using routed = await openRouted([() => [...openStart], fine], { flags: { first_token_timeout: "0.2" } });
    const events = await routed.ask();
    expect(providersOf(events)).toEqual(["AnyProvider", "A", "B"]);
    expect(messagesOf(events)).toEqual(["A gave no token for 0.2 s; trying B"]);
    expect(textOf(events)).toBe("fine");
    await routed.upstreams[0]!.requests[0]!.closed;
  });

  test("is waited for where nobody else is left", async () => {
    const late: Script = () => [...chunked([": thinking\n\n"]), { waitMs: 500 }, ...openaiText("late").slice(1)];
    await using routed = await openRouted([late], { flags: { first_token_timeout: "0.1" } });
    expect(textOf(await routed.ask())).toBe("late");
  });

  test("is given up after a route's own time", async () => {
    const routes = [
      {
        name: "quick",
        first_token_timeout: 0.2,
        providers: [
          { provider: "A", model: "m" },
          { provider: "B", model: "m" },
        ],
      },
    ];
    await using routed = await openRouted([() => [...silentStart], fine], { settings: { routes } });
    const events = await routed.ask({ model: "quick" });
    expect(messagesOf(events)).toEqual(["A gave no token for 0.2 s; trying B"]);
    expect(textOf(events)).toBe("fine");
  });
});

describe("hedging", () => {
  test("keeps none of 200 answers waiting for who stalls, and never gives two", async () => {
    const stalls: Script = (_, count) => (count % 20 === 0 ? ["hang"] : openaiText("A", "A"));
    await using routed = await openRouted([stalls, () => openaiText("B", "B")], { flags: { hedge_after: "0.03" } });
    const one = async () => {
      const response = await routed.app.post({ messages: [{ role: "user", content: "Hi" }], model: "m" });
      const events = await readEvents(response);
      assertRun(events);
      expect(["AA", "BB"]).toContain(textOf(events));
    };
    for (let batch = 0; batch < 40; batch++) await Promise.all(Array.from({ length: 5 }, one));
    const stalled = routed.upstreams[0]!.requests.filter((_, index) => (index + 1) % 20 === 0);
    expect(stalled.length).toBeGreaterThan(0);
    for (const { closed } of stalled) await closed;
  });

  test("closes the loser's connection, whoever wins, and tells it in the trace", async () => {
    const { promise: hedged, resolve: answerIt } = Promise.withResolvers<void>();
    const slow: Script = () => [{ until: hedged }, ...openaiText("slow")];
    const lost: Script = () => (answerIt(), ["hang"]);
    await using routed = await openRouted([slow, lost], { flags: { hedge_after: "0.05" } });
    const response = await routed.app.post({ messages: [{ role: "user", content: "Hi" }], model: "m" });
    const text = await response.text();
    expect(text).toContain("slow");
    expect(text).toContain("A said nothing for 0.05 s; B is asked too");
    await routed.upstreams[1]!.requests[0]!.closed;
    const runId = response.headers.get("x-run-id");
    const { attempts } = await (await routed.app.get(`/backend-api/v2/runs/${runId}/trace`)).json();
    expect(attempts).toMatchObject([
      { provider: "A", outcome: "answered", hedge: false },
      { provider: "B", outcome: "lost", hedge: true, error: null },
    ]);
    expect(routed.app.services.load.busy("B")).toBe(0);
    // That it was slower than another one says nothing of its health.
    expect(routed.app.services.health.errors("B")).toBe(0);
  });

  test("goes on with the second where the first fails in the meantime", async () => {
    const { promise: hedged, resolve: breakIt } = Promise.withResolvers<void>();
    const breaks: Script = () => [...openStart.slice(0, -1), { until: hedged }, "reset"];
    const slow: Script = () => (breakIt(), [{ waitMs: 250 }, ...openaiText("second")]);
    await using routed = await openRouted([breaks, slow], { flags: { hedge_after: "0.05" } });
    const events = await routed.ask();
    expect(providersOf(events)).toEqual(["AnyProvider", "A", "B"]);
    expect(messagesOf(events)).toEqual(["A's answer broke off before its end; trying B"]);
    expect(textOf(events)).toBe("second");
    expect(routed.counts()).toEqual([1, 1]);
  });

  test("ends once where both fail", async () => {
    const breaks: Script = () => [{ waitMs: 100 }, ...answer(500, { error: { message: "oops" } })];
    await using routed = await openRouted([breaks, breaks], { flags: { hedge_after: "0.02" } });
    const events = await routed.ask();
    expect(events.filter(({ type }) => type === "error")).toHaveLength(1);
    expect(events.filter(({ type }) => type === "finish")).toHaveLength(1);
  });

  test("a caller who leaves ends both", async () => {
    await using routed = await openRouted([() => ["hang"], () => ["hang"]], { flags: { hedge_after: "0.02" } });
    const controller = new AbortController();
    const { signal } = controller;
    const response = await routed.app.post({ messages: [{ role: "user", content: "Hi" }], model: "m" }, { signal });
    while (routed.counts()[1] === 0) await Bun.sleep(5);
    controller.abort();
    await response.text().catch(() => {});
    await Promise.all(routed.upstreams.map(({ requests }) => requests[0]!.closed));
  });
});

describe("tools in words", () => {
  const tools = [{ type: "function", function: { name: "look", parameters: { type: "object" } } }];
  const calling: Script = ({ body }) =>
    JSON.parse(body).tools
      ? answer(400, { error: { message: "m does not support tools" } })
      : openaiText("I look. <tool_", 'call>{"name":"look","arguments":{"at":"sky"}}</tool_call>');

  test("are tried where a model says that it has none, and give complete calls", async () => {
    await using routed = await openRouted([calling]);
    const events = await routed.ask({ tools });
    expect(textOf(events)).toBe("I look. ");
    expect(events).toContainEqual({
      type: "tool_calls",
      tool_calls: [
        {
          index: 0,
          id: expect.stringMatching(/^call_/),
          type: "function",
          function: { name: "look", arguments: '{"at":"sky"}' },
        },
      ],
    });
    expect(events).toContainEqual({ type: "finish", finish: { reason: "tool_calls" } });
    const [first, second] = routed.upstreams[0]!.requests.map(({ body }) => JSON.parse(body));
    expect(first.tools).toEqual(tools);
    expect(second.messages[0]).toMatchObject({
      role: "system",
      content: expect.stringContaining(JSON.stringify(tools[0])),
    });
    expect(Object.keys(second)).not.toContain("tool_choice");
  });

  test("are used at once where the caller wants so, and never where the caller does not", async () => {
    await using routed = await openRouted([calling]);
    await routed.ask({ tools, tool_emulation: true });
    expect(routed.counts()).toEqual([1]);
    const refused = await routed.ask({ tools, tool_emulation: false });
    expect(routed.counts()).toEqual([2]);
    expect(refused.find((event) => event.type === "error")?.message).toBe(
      "BadRequestError: A answered 400: m does not support tools",
    );
  });

  test("rewrite the calls and results so far", async () => {
    await using routed = await openRouted([fine]);
    const call = { id: "call_1", type: "function", function: { name: "look", arguments: '{"at":"sea"}' } };
    const messages = [
      { role: "user", content: "Look at the sea" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: "blue" },
    ];
    await routed.ask({ tools, messages, tool_emulation: true });
    const sent = JSON.parse(routed.upstreams[0]!.requests[0]!.body).messages;
    expect(sent.map(({ role }: { role: string }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(sent[2].content).toContain("<tool_call>");
    expect(sent[3].content).toContain("blue");
  });
});
