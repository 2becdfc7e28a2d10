import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { toReason } from "../parts/failure.tsx";
import { Field } from "../parts/field.tsx";
import { enter, setUp, setupToken } from "../state/setup.ts";

/** In place of everything else, while the server waits for its first key: whoever started it has a link to make it. */
export function SetUp() {
  const [name, setName] = useState("");
  const [token] = useState(setupToken);
  const settingUp = useMutation({ mutationFn: setUp });
  const { data: made } = settingUp;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (made) enter(made.owner);
    else if (!settingUp.isPending && token !== undefined) settingUp.mutate({ token, name });
  };

  return (
    <main id="main" className="sign-in" tabIndex={-1}>
      <title>Set up · Parley</title>
      <form className="sign-in-form" onSubmit={submit}>
        <KeyRound aria-hidden size={28} />
        {token === undefined ? (
          <>
            <h1>Not set up yet</h1>
            <p className="muted">
              This server has no access key. Whoever started it opens the link that it printed then, and makes the first
              one.
            </p>
          </>
        ) : made ? (
          <>
            <h1>Your access key</h1>
            <div className="first-key">
              <input
                readOnly
                autoFocus
                value={made.key}
                aria-label="Access key"
                onFocus={({ target }) => target.select()}
              />
              <CopyButton label="Copy" text={() => made.key} />
            </div>
            <p>Keep it: it is not shown again. Programs send it, and other browsers are signed in with it.</p>
            <Button look="primary" type="submit">
              Continue
            </Button>
            <p className="muted">
              This browser is signed in already. Keys for others: <code>parley keys create</code>.
            </p>
          </>
        ) : (
          <>
            <h1>Set up Parley</h1>
            <Field
              label="Your name"
              name="name"
              autoComplete="username"
              autoFocus
              required
              maxLength={60}
              value={name}
              isWrong={settingUp.isError}
              onChange={({ target }) => setName(target.value)}
            />
            {settingUp.isError && (
              <p className="wrong" role="alert">
                {toReason(settingUp.error)}
              </p>
            )}
            <Button look="primary" type="submit" disabled={settingUp.isPending}>
              {settingUp.isPending ? "Making it…" : "Make the first key"}
            </Button>
            <p className="muted">
              The key gets this name, and what you make with it is yours. It may do everything here.
            </p>
          </>
        )}
      </form>
    </main>
  );
}
