import { afterAll, beforeAll, expect, test } from "bun:test";
import { askRaw } from "../support/raw-request.ts";
import { eachOf, type House, methodOf, openHouse, pathOf, ruleOf } from "./house.ts";
import { sign } from "./things.ts";

let house: House;
beforeAll(async () => void (house = await openHouse()));
afterAll(() => house[Symbol.asyncDispose]());

const host = () => new URL(house.app.origin).host;
const firstStep = (path: string) => path.split("/")[1] ?? "";
const afterFirst = (path: string) => path.slice(firstStep(path).length + 1);
const encoded = (letter: string) => `%${letter.charCodeAt(0).toString(16)}`;

/** What a closed path is written as, so that one reader takes it for another path than the next. */
const tricks: Readonly<Record<string, (path: string) => string>> = {
  "two slashes": (path) => `/${path}`,
  "two slashes within": (path) => `/${firstStep(path)}/${afterFirst(path)}`,
  "a dot": (path) => `/.${path}`,
  "a dot within": (path) => `/${firstStep(path)}/.${afterFirst(path)}`,
  "an encoded dot": (path) => `/%2e${path}`,
  "up from what is open": (path) => `/healthz/..${path}`,
  "up from what is open, encoded": (path) => `/healthz/%2e%2e${path}`,
  "up with an encoded slash": (path) => `/assets/..%2f${path.slice(1)}`,
  "a file of a page's": (path) => `${path}/..%2f..%2fassets/index.js`,
  "a parameter": (path) => `${path};a=b`,
  "a parameter within": (path) => `/${firstStep(path)};a=b${afterFirst(path)}`,
  "what is open as a parameter": (path) => `${path};/healthz`,
  "upper case": (path) => path.toUpperCase(),
  "a slash at the end": (path) => `${path}/`,
  "two slashes at the end": (path) => `${path}//`,
  "an encoded slash": (path) => `/${firstStep(path)}%2f${afterFirst(path).slice(1)}`,
  "an encoded slash at the end": (path) => `${path}%2f`,
  backslashes: (path) => path.replaceAll("/", "\\"),
  "a backslash first": (path) => `/\\${path}`,
  "encoded backslashes": (path) => path.replaceAll("/", "%5c").replace("%5c", "/"),
  "a NUL": (path) => `${path}%00`,
  "a NUL and what is open": (path) => `${path}%00/healthz`,
  "an encoded letter": (path) => `/${encoded(path[1] ?? "x")}${path.slice(2)}`,
  "an encoded letter, twice": (path) => `/${encoded(path[1] ?? "x").replace("%", "%25")}${path.slice(2)}`,
  "a fragment": (path) => `${path}#/healthz`,
  "a question": (path) => `${path}?/healthz`,
  "two questions": (path) => `${path}??key=x`,
  "a full stop of full width": (path) => `/\u{ff0e}\u{ff0e}${path}`,
  "a dot of another script": (path) => `/healthz/\u{2024}\u{2024}${path}`,
  "too long a form of a slash": (path) => `/healthz%c0%af..${path}`,
  "a tab": (path) => `${path}%09`,
  "a line": (path) => `${path}%0d%0a`,
  "an absolute address": (path) => `http://${host()}${path}`,
  "another host's absolute address": (path) => `http://open.example${path}`,
  "an absolute address with a name": (path) => `http://healthz@${host()}${path}`,
  "an absolute address without a host": (path) => `http://${path}`,
};

/** Heads that no browser and no proxy writes. */
const heads: Readonly<Record<string, (method: string, path: string) => string>> = {
  "no host": (method, path) => `${method} ${path} HTTP/1.1\r\n`,
  "an empty host": (method, path) => `${method} ${path} HTTP/1.1\r\nhost:\r\n`,
  "a short host": (method, path) => `${method} ${path} HTTP/1.1\r\nhost: a\r\n`,
  "a path as host": (method, path) => `${method} ${path} HTTP/1.1\r\nhost: x/healthz?\r\n`,
  "HTTP/1.0": (method, path) => `${method} ${path} HTTP/1.0\r\n`,
  "addresses of proxies": (method, path) =>
    `${method} ${path} HTTP/1.1\r\nhost: ${host()}\r\nx-original-url: /healthz\r\nx-rewrite-url: /healthz\r\nx-forwarded-prefix: /healthz\r\n`,
  "another method": (method, path) =>
    `${method} ${path} HTTP/1.1\r\nhost: ${host()}\r\nx-http-method-override: GET\r\nx-method-override: OPTIONS\r\n`,
};

/** Without a host the first step of a path is lost, for who judges it and for who routes it: what is left may be the page. */
function isPage(name: string, status: number, answer: string): boolean {
  const isHostless = ["HTTP/1.0", "an empty host", "a path as host"].includes(name);
  return isHostless && (status === 200 ? answer.includes("<!doctype html>") : answer.includes("allow: GET\r\n"));
}

test("no spelling of a closed path opens it", async () => {
  const closed = house.routes.filter((route) => !["anybody", "shared"].includes(ruleOf(route).who));
  const asked = closed.flatMap((route) => {
    const [method, path] = [methodOf(route), pathOf(route, house.owned.things)];
    const line = (target: string) => `${method} ${target} HTTP/1.1\r\nhost: ${host()}\r\n`;
    return [
      ...Object.entries(tricks).map(([name, trick]) => ({ route, name, head: line(trick(path)) })),
      ...Object.entries(heads).map(([name, toHead]) => ({ route, name, head: toHead(method, path) })),
    ];
  });
  const opened: string[] = [];
  await eachOf(asked, async ({ route, name, head }) => {
    const answer = await askRaw(house.app.origin, `${head}connection: close\r\ncontent-length: 0\r\n\r\n`);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
    // Closed by default: a stranger learns of no path whether it is there.
    if (!([0, 400, 401, 403].includes(status) || isPage(name, status, answer)) || answer.includes(`words of ${sign}`))
      opened.push(`${name}: ${route}: ${status} ${head.split("\r\n")[0]}`);
  });
  expect(opened).toEqual([]);
});
