import { Type } from "@sinclair/typebox";
import { secret, text } from "../setting-kinds.ts";

/** Signing in by OpenID Connect, beside access keys. */
export const oidcSettings = {
  oidc_issuer: text("Who people sign in with: the issuer of an OpenID provider, an address with https", ""),
  oidc_client_id: text("What this server is called there", ""),
  oidc_client_secret: secret("Its secret there; a public client, with PKCE alone, if empty"),
  oidc_scopes: text("What the issuer is asked to tell of people, with spaces between", "openid email profile"),
  oidc_allowed: Type.Array(Type.String(), {
    description:
      "Who may come in: e-mail addresses, `@domain`, `claim=value`, or `*` for everybody whom the issuer knows",
    default: [],
  }),
  oidc_admins: Type.Array(Type.String(), {
    description: "Who of them are admins, in the same words but `*`; they may come in too",
    default: [],
  }),
  oidc_name: text("What the button to sign in calls the issuer; its host if empty", ""),
  oidc_session_hours: Type.Integer({
    description: "How many hours after somebody signed in the issuer is asked about them again",
    default: 168,
    minimum: 1,
    maximum: 9600,
  }),
};
