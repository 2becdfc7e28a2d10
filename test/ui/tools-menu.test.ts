import { describe, expect, test } from "bun:test";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openaiTurn, inTurns } from "../support/calling-upstream.ts";
import { calling, misbehaving, toolProgram, toolsOf } from "../support/mcp/calling.ts";
import { openPage } from "../support/page.ts";
import { openRouted } from "../support/routed.ts";

warnWithoutChromium("the choice of tools");

const turns = [{ calls: [calling("tools__add", { a: 20, b: 22 })] }, { text: "It is 42." }];

describe.skipIf(!chromium)("the choice of tools, in a real browser,", () => {
  test("is not there where none are set up", async () => {
    await using routed = await openRouted([inTurns(openaiTurn, turns)]);
    await using page = await openPage(routed.app);
    await page.settle();
    expect(await page.read("[...document.querySelectorAll('.composer-switch')].map((each) => each.ariaLabel)")).toBe(
      "Web search: off,Use memory,System prompt and parameters",
    );
  });

  test("names servers and what they offer, and has a question asked with their tools", async () => {
    const servers = [
      { ...toolProgram, tools: ["add", "fail"] },
      misbehaving("exits", { always: true }),
      { ...toolProgram, name: "closed", tools: [] },
    ];
    await using routed = await openRouted([inTurns(openaiTurn, turns)], { settings: { mcp_servers: servers } });
    await using page = await openPage(routed.app);
    await page.click("Tools: exits");
    await page.click("exits", "menuitemcheckbox");
    await page.click("tools", "menuitemcheckbox");
    await page.see("Cannot be used now: none of its tools may be called");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("tools-menu");
    await page.press("Escape");
    await page.fill("Message", "What is 20 and 22?");
    await page.press("Enter");
    await page.see("It is 42.");
    expect(toolsOf(JSON.parse(routed.upstreams[0]?.requests[0]?.body ?? "{}"))).toEqual(["tools__add", "tools__fail"]);
    await page.click("Tools: tools");
    await page.see("Add, fail");
    await page.press("Escape");
    await page.reload();
    await page.click("Tools: tools");
  });
});
