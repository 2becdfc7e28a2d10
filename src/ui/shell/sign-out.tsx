import { LogOut } from "lucide-react";
import { useState } from "react";
import { AskFirst } from "../parts/ask-first.tsx";
import { Button } from "../parts/button.tsx";
import { toReason } from "../parts/failure.tsx";
import { notify } from "../parts/toast.tsx";
import { signOut, useSession } from "../state/session.ts";

/** Who is signed in, and the way out; nothing where no key is needed. */
export function SignOut() {
  const { data: session } = useSession();
  const [isAsked, setAsked] = useState(false);
  if (!session?.required || !session.signed_in) return null;

  const leave = () =>
    signOut().catch((error: unknown) => {
      setAsked(false);
      notify({ text: toReason(error), isFailure: true });
    });

  return (
    <div className="sign-out">
      <span className="sign-out-owner" title={`Signed in as ${session.owner}`}>
        {session.name ?? session.owner}
      </span>
      <Button look="quiet" onClick={() => setAsked(true)}>
        <LogOut aria-hidden size={18} /> Sign out
      </Button>
      <AskFirst
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title="Sign out?"
        about="Drafts, favourites and provider keys that only this browser has are deleted from it. Chats stay on the server."
        no="Stay"
        yes="Sign out"
        look="primary"
        onYes={() => void leave()}
      />
    </div>
  );
}
