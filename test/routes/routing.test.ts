import { describe, expect, test } from "bun:test";
import { openRouted, user } from "../support/routed.ts";
import { answer, openaiText, type Script } from "../support/scripted-upstream.ts";

const fine: Script = () => openaiText("fine");
const down: Script = () => answer(500, { error: { message: "oops" } });

describe("GET /backend-api/v2/route", () => {
  test("says who would be asked and why the others would not, and asks nobody", async () => {
    const routes = [
      {
        name: "smart",
        strategy: "cheapest",
        hedge_after: 1.5,
        providers: [
          { provider: "A", model: "m", when: { capability: ["vision"] } },
          { provider: "B", model: "m" },
        ],
      },
    ];
    await using routed = await openRouted([down, fine], { settings: { routes }, providers: [{ weight: 2 }] });
    const explain = async (query: string) => (await routed.app.get(`/backend-api/v2/route?${query}`)).json();
    expect(await explain("model=smart")).toMatchObject({
      asked: "smart",
      route: "smart",
      strategy: "cheapest",
      hedge_after_ms: 1500,
      candidates: [{ provider: "B", model: "m" }],
      considered: [
        { provider: "A", skipped: "its condition capability does not hold: not needed", weight: 2 },
        { provider: "B", skipped: null },
      ],
    });
    expect((await explain("model=smart&needs=vision")).candidates).toHaveLength(2);
    expect((await explain("model=none")).candidates).toEqual([]);
    expect(routed.counts()).toEqual([0, 0]);
    await routed.ask();
    expect((await explain("model=m")).considered[0]).toMatchObject({
      provider: "A",
      skipped: "cooling for 15 s after ResponseError",
      errors: 1,
    });
    const refused = await routed.app.get("/backend-api/v2/route?needs=sight");
    expect([refused.status, (await refused.json()).error.message]).toEqual([
      400,
      "needs: expected one of vision, audio, tools, separated by commas",
    ]);
    expect((await routed.app.get("/backend-api/v2/route?provider=Nobody")).status).toBe(404);
  });
});

describe("GET /backend-api/v2/providers", () => {
  test("tells how fast each is, how busy, and what went wrong last", async () => {
    await using routed = await openRouted([down, fine]);
    await routed.ask();
    const infos = await (await routed.app.get("/backend-api/v2/providers")).json();
    const [a, b] = ["A", "B"].map((name) => infos.find((info: { name: string }) => info.name === name));
    expect(a).toMatchObject({
      status: "cooling",
      live: 0,
      errors: 1,
      latency_ms: null,
      // Without the vendor's words: they may quote whoever asked.
      last_error: { error: "ResponseError", message: "A answered 500" },
    });
    expect(Date.parse(a.last_error.at)).toBeGreaterThan(Date.now() - 60_000);
    expect(b).toMatchObject({ status: "up", live: 1, errors: 0, busy: 0, last_error: null });
    expect(b.latency_ms).toBeNumber();
  });
});

test("a conversation's headers name who is asked first, also with letters that no header holds", async () => {
  await using routed = await openRouted([fine], { providers: [{ name: "Größe" }] });
  const response = await routed.app.post({ messages: user, model: "modèle", provider: "Größe" });
  expect(response.headers.get("x-provider")).toBe("Gr%C3%B6%C3%9Fe");
  expect(response.headers.get("x-model")).toBe("mod%C3%A8le");
  expect(response.headers.get("x-attempts")).toBe("1");
  await response.text();
});
