import { timingSafeEqual } from "node:crypto";
import { Elysia } from "elysia";
import type { Clock } from "../lib/clock.ts";
import { hexDigestOf } from "../lib/digest.ts";
import type { Log } from "../lib/log.ts";
import { isHeaderKey } from "../lib/text.ts";
import { ApiError, errorCodes } from "../protocol/errors.ts";
import type { Claimed } from "../store/claims.ts";
import type { Store } from "../store/index.ts";
import type { Access } from "./access.ts";
import { bodyPieces, type Connection, unhurried } from "./body.ts";
import { digestBody, digestOf } from "./body-digest.ts";
import { isForm, skimForm } from "./form.ts";
import type { Handle } from "./head.ts";
import { header } from "./headers.ts";
import { copyAnswer, giveAgain } from "./kept-answer.ts";
import { missingRoute } from "./missing.ts";
import { runRoutes } from "./run-routes.ts";

/**
 * A POST with an `Idempotency-Key` is done once (draft-ietf-httpapi-idempotency-key-header-07): for 24 hours whoever sends
 * it again is answered what was answered first. Before its route begins, the key is claimed, on disk. What the route then
 * writes is noted with the claim in the same transaction, and before the answer leaves, it is kept. So after a crash a
 * request that had written nothing is done, one that was answered is answered, and of one between them it is said that
 * it was done: never is it done twice.
 */
export interface Idempotency {
  /** Whether a request is one that is done once. */
  isFor(request: Request): boolean;
  /** Around the whole application, for such a request: keeps what it is answered. */
  around(handle: Handle): Handle;
  /** Before each route: claims the key, or answers in the route's place. */
  readonly before: ReturnType<typeof createHook>;
  /**
   * The run that a key stands for already; `undefined` where there is none or no key. For routes that answer with a
   * run: they are left alone otherwise. @throws {ApiError} what the hook of other routes throws
   */
  findRun(request: Request): Promise<string | undefined>;
  /** Has the key stand for a run, if there is one. */
  bindRun(request: Request, runId: string): Promise<void>;
}

export interface IdempotencyParts {
  readonly access: Access;
  readonly store: Pick<Store, "claims" | "claimMarks" | "secrets">;
  readonly clock: Clock;
  readonly log: Log;
  /** Largest body, in bytes. */
  readonly maxBytes: number;
}

const maxKeyLength = 255;

export const replayed = { "idempotency-replayed": "true" } as const;

export function createIdempotency({ access, store, clock, maxBytes, log }: IdempotencyParts): Idempotency {
  const { claims, claimMarks: marks, secrets } = store;
  const complain = (error: unknown) => log.error("what became of an Idempotency-Key could not be written", { error });
  const isFor = (request: Request) => request.method === "POST" && header(request, "idempotency-key") !== undefined;

  return {
    isFor,
    around:
      (handle) =>
      (...given) =>
        marks.within(async () => {
          const [request] = given as [Request];
          digestBody(request, urlOf(request).search);
          let hasFailed = false;
          try {
            const response = (await handle(...given)) as Response;
            // Whoever has left is told nothing, and may not have what was done by then done once more.
            hasFailed = response.status >= 400 && response.status !== errorCodes.cancelled.status;
            return await keep(request, response);
          } finally {
            // Whatever became of it: what is not kept by now is free again, unless it has written without a failure.
            const claim = marks.held;
            marks.hold(undefined);
            if (claim !== undefined) await claims.release(claim, hasFailed).catch(complain);
          }
        }),
    before: createHook(async ({ request, server, route }) => {
      if (!isFor(request) || route === missingRoute || runRoutes.includes(route)) return undefined;
      const claimed = await claim(request);
      if (claimed.state !== "answered") return undefined;
      await assertSame(request, claimed.digest, server);
      const body = await secrets.open(placeOf(claimed.id), claimed.answer.sealed);
      if (!body) throw unknownAnswer();
      return giveAgain({ ...claimed.answer, body }, replayed);
    }),
    async findRun(request) {
      if (!isFor(request)) return undefined;
      const claimed = await claim(request);
      if (claimed.state !== "run") return undefined;
      await assertSame(request, claimed.digest, null);
      return claimed.runId;
    },
    async bindRun(request, runId) {
      const claim = marks.held;
      if (claim === undefined) return;
      marks.hold(undefined);
      await claims.bind(claim, digestOfRead(request), runId);
    },
  };

  /** @throws {ApiError} `invalid_request`, `still_running`, `answer_unknown` */
  async function claim(request: Request): Promise<Exclude<Claimed, { state: "running" | "unknown" }>> {
    const key = header(request, "idempotency-key") ?? "";
    if (!isHeaderKey(key) || key.length > maxKeyLength)
      throw new ApiError(
        "invalid_request",
        `Idempotency-Key: expected 1 to ${maxKeyLength} letters, digits and signs of ASCII, without spaces`,
      );
    const target = urlOf(request).pathname.replace(/\/$/, "");
    const claimed = await claims.claim({ owner: claimant(request), target, key }, clock());
    if (claimed.state === "running")
      throw new ApiError("still_running", "the request that this Idempotency-Key stands for is still being worked on", {
        retryAfterMs: 1000,
      });
    if (claimed.state === "unknown") throw unknownAnswer();
    if (claimed.state === "new") marks.hold(claimed.id);
    return claimed;
  }

  /**
   * Whose an `Idempotency-Key` is: an owner's, by the role, for an admin's answers are not for all who have that owner's
   * keys; or a stranger's who was let in for a write key. No owner's name holds a slash.
   *
   * @throws {ApiError} `access_denied`
   */
  function claimant(request: Request): string {
    const writeKey = access.find(request) ? undefined : header(request, "x-write-key");
    if (writeKey !== undefined) return `/${hexDigestOf(writeKey)}`;
    const { owner, role } = access.caller(request);
    return role === "admin" ? owner : `${owner}/${role}`;
  }

  /** Only what has succeeded is kept: what failed has changed nothing, and may go better another time. */
  async function keep(request: Request, response: Response): Promise<Response> {
    const claim = marks.held;
    const copy = claim !== undefined && response.ok ? await copyAnswer(response) : undefined;
    if (claim === undefined || !copy) return response;
    try {
      const sealed = await secrets.seal(placeOf(claim), copy.body);
      await claims.answer(claim, digestOfRead(request), { status: copy.status, headers: copy.headers, sealed });
      marks.hold(undefined);
    } catch (error) {
      // What was asked for is done, so its answer is true; another one will hear that it is not known any more.
      complain(error);
    }
    return response;
  }

  /** @throws {ApiError} `idempotency_key_reused` */
  async function assertSame(request: Request, known: Uint8Array | null, server: Context["server"]): Promise<void> {
    const digest = digestOf(request);
    if (!digest || !known) return;
    if (!digest.isRead) await skim(request, server);
    if (!timingSafeEqual(digest.get(), known))
      throw new ApiError(
        "idempotency_key_reused",
        "this Idempotency-Key stands for a request with another body: take a new one",
      );
  }

  async function skim(request: Request, server: Context["server"]): Promise<void> {
    await unhurried({ request, server }, async () => {
      if (isForm(request)) await skimForm(request, maxBytes);
      else for await (const piece of bodyPieces(request, maxBytes)) digestOf(request)?.add(piece);
    });
  }
}

interface Context extends Connection {
  /** As it was declared, with the names of its parameters. */
  readonly route: string;
}

function createHook(answer: (context: Context) => Promise<Response | undefined>) {
  return new Elysia({ name: "idempotency" }).onBeforeHandle({ as: "global" }, async ({ request, server, route }) =>
    answer({ request, server, route }),
  );
}

/** `undefined` where the route has read no body: whatever it is, it means nothing. */
function digestOfRead(request: Request): Uint8Array | undefined {
  const digest = digestOf(request);
  return digest?.isRead ? digest.get() : undefined;
}

function urlOf(request: Request): URL {
  return new URL(request.url, "http://localhost");
}

function placeOf(claim: number): string {
  return `claims/${claim}`;
}

function unknownAnswer(): ApiError {
  return new ApiError(
    "answer_unknown",
    "what this Idempotency-Key stands for was done, and what it was answered is not known any more: look at what is there, and take a new key for something new",
  );
}
