import { LogIn } from "lucide-react";
import type { SignInFailure } from "../../protocol/sessions.ts";
import { Button } from "../parts/button.tsx";
import { readAddress } from "../state/address.ts";
import { signInFailure } from "../state/sign-in-failure.ts";

/** The way to whom people sign in with in place of a key, and what came of it the last time. */
export function IssuerSignIn({ name }: { readonly name: string }) {
  return (
    <>
      {signInFailure && (
        <p className="wrong" role="alert">
          {toWords(signInFailure, name)}
        </p>
      )}
      <Button look="primary" onClick={leave}>
        <LogIn aria-hidden size={18} /> Sign in with {name}
      </Button>
      <p className="sign-in-or" aria-hidden>
        or
      </p>
    </>
  );
}

/** With where in the page one was, to come back to. */
function leave(): void {
  location.assign(`/backend-api/v2/session/oidc?to=${encodeURIComponent(readAddress())}`);
}

function toWords(failure: SignInFailure, name: string): string {
  switch (failure) {
    case "denied":
      return `${name} did not let you in, or you said no there.`;
    case "not_allowed":
      return `${name} knows you, but you may not use this server: whoever runs it says who may.`;
    case "expired":
      return "That took too long, or was begun in another tab: try again.";
    case "unreachable":
      return `${name} does not answer: try again in a while, or use a key.`;
    case "failed":
      return `What ${name} answered could not be used: whoever runs this server finds in its log why.`;
    case "busy":
      return "Too many are signing in at once: try again in a moment.";
  }
}
