import type { SignInFailure } from "../protocol/sessions.ts";

/** Why somebody could not be signed in. The reason is for them, the message for the log: it holds no token, code or claim. */
export class SignInError extends Error {
  readonly reason: SignInFailure;

  constructor(reason: SignInFailure, message: string) {
    super(message);
    this.name = "SignInError";
    this.reason = reason;
  }
}

/** What an authorization endpoint says where a person, or whoever runs it, said no (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6). */
const noes = new Set([
  "access_denied",
  "login_required",
  "consent_required",
  "interaction_required",
  "account_selection_required",
]);

/** What the library has thrown, or its fetch. */
export function toSignInError(thrown: unknown): SignInError {
  if (thrown instanceof SignInError) return thrown;
  // The library wraps what its fetch throws into "something went wrong".
  if (thrown instanceof Error && thrown.cause instanceof SignInError) return thrown.cause;
  const why = explain(thrown);
  const code = wordAt(thrown, "error");
  if (nameOf(thrown) === "AuthorizationResponseError")
    return new SignInError(noes.has(code) ? "denied" : "failed", `the issuer answered the browser ${code}`);
  if (nameOf(thrown) === "ResponseBodyError") return new SignInError("failed", `the issuer refused: ${code}`);
  return new SignInError(isAway(thrown) ? "unreachable" : "failed", why);
}

/** Whether it did not answer at all, or said that it cannot. */
function isAway(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return (
    ["OAUTH_TIMEOUT", "OAUTH_ABORT"].includes(wordAt(thrown, "code")) ||
    ["TimeoutError", "AbortError"].includes(nameOf(thrown)) ||
    (cause instanceof Response && cause.status >= 500)
  );
}

/** In the words of the library, which quote nothing; what it found below them, such as the text of an answer, may. */
function explain(thrown: unknown): string {
  const messages = [thrown, thrown instanceof Error ? thrown.cause : undefined]
    .filter((each) => each instanceof Error)
    .filter((each) => !(each instanceof SyntaxError))
    .map(({ message }) => message);
  return [...new Set(messages)].join(": ").slice(0, 500);
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : "";
}

/** A word of a closed list, so that nothing else of an answer reaches the log. */
function wordAt(thrown: unknown, property: "code" | "error"): string {
  const code: unknown = thrown instanceof Error && property in thrown ? Reflect.get(thrown, property) : "";
  return typeof code === "string" && /^\w{1,60}$/.test(code) ? code : "something else";
}
