import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "../parts/button.tsx";
import { toReason } from "../parts/failure.tsx";
import { Field } from "../parts/field.tsx";
import { signIn, useSession } from "../state/session.ts";
import { IssuerSignIn } from "./issuer-sign-in.tsx";

/** In place of everything else, where the server wants to know who one is and this browser does not say. */
export function SignIn() {
  const { data: session } = useSession();
  const issuer = session?.oidc;
  const [key, setKey] = useState("");
  const signingIn = useMutation({ mutationFn: signIn });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!signingIn.isPending && key.trim() !== "") signingIn.mutate(key.trim());
  };

  return (
    <main id="main" className="sign-in" tabIndex={-1}>
      <title>Sign in · Parley</title>
      <form className="sign-in-form" onSubmit={submit}>
        <KeyRound aria-hidden size={28} />
        <h1>Sign in</h1>
        {issuer && <IssuerSignIn name={issuer.name} />}
        <Field
          label="Access key"
          name="key"
          type="password"
          autoComplete="current-password"
          autoFocus={!issuer}
          required
          value={key}
          isWrong={signingIn.isError}
          onChange={({ target }) => setKey(target.value)}
        />
        {signingIn.isError && (
          <p className="wrong" role="alert">
            {toReason(signingIn.error)}
          </p>
        )}
        <Button {...(!issuer && { look: "primary" })} type="submit" disabled={signingIn.isPending}>
          {signingIn.isPending ? "Signing in…" : issuer ? "Sign in with a key" : "Sign in"}
        </Button>
        <p className="muted">
          Whoever runs this server makes keys: <code>parley keys create</code>. This browser stays signed in, and does
          not keep the key.
        </p>
      </form>
    </main>
  );
}
