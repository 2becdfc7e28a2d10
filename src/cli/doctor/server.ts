import { isLoopbackHost } from "../../lib/loopback.ts";
import { textAt, tryParseJson } from "../../lib/json.ts";
import { version } from "../../version.ts";
import { checkChannel } from "./channel.ts";
import { createClockLook } from "./clock.ts";
import { type Finding, findingsAbout } from "./finding.ts";
import { checkStream } from "./stream.ts";
import { type Place, readWhole, Unreachable, visit } from "./visit.ts";

const { ok, warn, fail, skip } = findingsAbout("server");

/** Larger than what proxies take that nobody told otherwise (nginx: 1 MiB), and smaller than what servers refuse. */
const bodyBytes = 2 * 1024 * 1024;

/** Looks at a running server as its clients do. `address` has no slash at its end. */
export async function checkServer(address: string, key: string): Promise<Finding[]> {
  return orUnreachable("reachable", () => look({ address, key }, new URL(address)));
}

/** A proxy may just as well close the connection as answer. */
async function orUnreachable(name: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (thrown) {
    if (!(thrown instanceof Unreachable)) throw thrown;
    return [fail(name, thrown.message, thrown.cure)];
  }
}

async function look(place: Place, url: URL): Promise<Finding[]> {
  const clock = createClockLook();
  const tellTime = clock.begin();
  const startedAt = performance.now();
  const response = await visit(place, "version", { isStranger: true });
  const milliseconds = Math.round(performance.now() - startedAt);
  const location = response.headers.get("location");
  if (location !== null)
    return [fail("reachable", `it sends on to ${location}`, "look there: --url with that address")];
  const said = tryParseJson(await readWhole(response));
  const theirs = textAt(said, "version");
  if (theirs === undefined)
    return [
      fail(
        "reachable",
        `something else answers there, with ${response.status}`,
        "is it the right address, and does the proxy lead to the server?",
      ),
    ];
  tellTime(response.headers);
  const isHere = isLoopbackHost(url.hostname);
  const { findings, isIn } = await checkAccess(place, isHere);
  return [
    ok("reachable", `${milliseconds} ms`, null, { milliseconds }),
    checkEncryption(url, isHere),
    checkVersion(theirs, textAt(said, "latest_version")),
    ...findings,
    ...(isIn
      ? [
          ...(await orUnreachable("streams", async () => [await checkStream(place)])),
          await checkChannel(place),
          ...(await orUnreachable("uploads", async () => [await checkBody(place)])),
        ]
      : [skip("streams", "not looked at without access"), skip("channel", "not looked at without access")]),
    clock.result(),
  ];
}

function checkVersion(theirs: string, latest = theirs): Finding {
  if (theirs !== version)
    return warn("version", `the server's is ${theirs}, and this program's ${version}`, "update the older of them");
  if (latest !== theirs)
    return warn("version", `${theirs}, and there is ${latest}`, "parley upgrade --check tells how");
  return ok("version", theirs);
}

function checkEncryption({ protocol }: URL, isHere: boolean): Finding {
  if (protocol === "https:") return ok("encryption", "https, and its certificate is good");
  if (isHere) return ok("encryption", "none, within this machine");
  return warn(
    "encryption",
    "none: keys and chats can be read on their way",
    "put a proxy with a certificate before it; see src/help/deploy.md",
  );
}

async function checkAccess(place: Place, isHere: boolean): Promise<{ findings: Finding[]; isIn: boolean }> {
  const stranger = await visit(place, "runs?limit=1", { isStranger: true });
  if (stranger.ok && isHere) return { findings: [ok("access", "open, to this machine alone")], isIn: true };
  if (stranger.ok)
    return { findings: [fail("access", "open to everybody", "make a key: parley keys create <name>")], isIn: true };
  if (stranger.status === 403)
    return {
      findings: [
        fail("access", "it answers under the names of its own machine alone", "make a key: parley keys create <name>"),
      ],
      isIn: false,
    };
  const closed = ok("access", "closed to strangers");
  if (place.key === "")
    return { findings: [closed, skip("key", "none was given: PARLEY_ACCESS_KEY, or --key")], isIn: false };
  const { ok: isIn, status } = await visit(place, "runs?limit=1");
  if (isIn) return { findings: [closed, ok("key", "accepted")], isIn };
  return {
    findings: [
      closed,
      fail(
        "key",
        `refused with ${status}`,
        "was it revoked, or has it expired? parley keys list; does the proxy pass on Authorization?",
      ),
    ],
    isIn,
  };
}

/** What is no question costs nothing; who refuses it tells how far it came. */
async function checkBody(place: Place): Promise<Finding> {
  const response = await visit(place, "conversation", { body: `${" ".repeat(bodyBytes)}[]` });
  const isOurs = textAt(tryParseJson(await readWhole(response)), "error", "code") !== undefined;
  if (isOurs && response.status === 400) return ok("uploads", "2 MiB come through");
  const cure = isOurs
    ? "max_body is smaller: raise it for pictures in messages"
    : "your proxy takes no more. nginx: client_max_body_size 512m";
  return warn("uploads", `2 MiB are refused with ${response.status}`, cure);
}
