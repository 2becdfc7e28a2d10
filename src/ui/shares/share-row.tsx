import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { ShareInfo } from "../../protocol/shares.ts";
import { AskFirst } from "../parts/ask-first.tsx";
import { Button } from "../parts/button.tsx";
import { Failure } from "../parts/failure.tsx";
import { toMoment } from "../parts/moments.ts";
import { notify } from "../parts/toast.tsx";
import { chatPath, titleOf } from "../state/chat-path.ts";
import { toExpiryText } from "./expiry.ts";
import { takeBack } from "./publish.ts";
import { ShareLink } from "./share-link.tsx";

/** One of one's shares, in their list. */
export function ShareRow({ share }: { readonly share: ShareInfo }) {
  const [isAsking, setIsAsking] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => takeBack(share.share_id),
    onSuccess() {
      document.getElementById("main")?.focus();
      notify({ text: "The link is taken back: nobody can read the chat there any more." });
    },
  });
  const title = titleOf(share);
  return (
    <li className="card share-row">
      <h2 dir="auto">{share.chat_id === null ? title : <Link href={chatPath(share.chat_id)}>{title}</Link>}</h2>
      <p className="muted">
        It shows the chat as it was on {toMoment(share.updated)}
        {share.live && ", and gets new answers while Parley is open"}. {toExpiryText(share.expires_at)}
      </p>
      <ShareLink shareId={share.share_id}>
        <Button look="danger" aria-label={`Take back “${title}”`} onClick={() => setIsAsking(true)}>
          Take back
        </Button>
      </ShareLink>
      <AskFirst
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title="Take this link back?"
        about={`Nobody can read “${title}” there any more. The chat itself stays.`}
        no="Keep the link"
        yes="Take back"
        isBusy={isPending}
        onYes={() => mutate()}
      >
        {error && <Failure error={error} />}
      </AskFirst>
    </li>
  );
}
