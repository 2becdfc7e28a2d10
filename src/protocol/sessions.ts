import { Type, type Static } from "@sinclair/typebox";

/** What a browser is signed in with. */
export const SignIn = Type.Object({
  /** Of `parley keys create`, or the setting `access_key`. */
  key: Type.String({ minLength: 1, maxLength: 4096 }),
});
export type SignIn = Static<typeof SignIn>;

/** Whether a key is needed, and who asks. */
export const Session = Type.Object({
  /** Whether this server wants a key at all. */
  required: Type.Boolean(),
  /** Whether what was sent is enough: a session, a key, or nothing where none is needed. */
  signed_in: Type.Boolean(),
  /** Whose everything is that the caller makes. */
  owner: Type.Union([Type.String(), Type.Null()]),
  role: Type.Union([Type.Literal("admin"), Type.Literal("user"), Type.Null()]),
  /** What to call whoever signed in by an issuer: the e-mail address or name that it knows. */
  name: Type.Optional(Type.String()),
  /** Whom people can sign in with in place of a key, where there is such an issuer: a browser goes to `session/oidc`. */
  oidc: Type.Optional(Type.Object({ name: Type.String() })),
  /** While the server waits for its first key: it is made with the link that the server printed. */
  setup: Type.Optional(Type.Boolean()),
});
export type Session = Static<typeof Session>;

/** Why nobody was signed in who came back from their issuer: the page is opened with one of these as `sign_in`. */
export const signInFailures = ["denied", "not_allowed", "expired", "unreachable", "failed", "busy"] as const;
export type SignInFailure = (typeof signInFailures)[number];
