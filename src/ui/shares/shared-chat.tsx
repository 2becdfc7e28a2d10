import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { ShareInfo } from "../../protocol/shares.ts";
import { Button } from "../parts/button.tsx";
import { Failure } from "../parts/failure.tsx";
import { toMoment } from "../parts/moments.ts";
import { Switch } from "../parts/switch.tsx";
import { notify } from "../parts/toast.tsx";
import { toExpiryText } from "./expiry.ts";
import { publish, takeBack } from "./publish.ts";
import { ShareLink } from "./share-link.tsx";

export interface SharedChatProps {
  readonly share: ShareInfo;
  readonly chatId: string;
}

/** A chat that is shared: its link, what is shown there, and how to take it back. */
export function SharedChat({ share, chatId }: SharedChatProps) {
  const link = useRef<HTMLInputElement>(null);
  useEffect(() => link.current?.select(), []);
  const update = useMutation({
    mutationFn: (isLive: boolean) => publish({ chatId, share, isLive }),
  });
  const remove = useMutation({
    mutationFn: () => takeBack(share.share_id),
    onSuccess: () => notify({ text: "The link is taken back: nobody can read the chat there any more." }),
  });
  return (
    <div className="share-form">
      <ShareLink shareId={share.share_id} field={link} />
      <p className="muted">
        It shows the chat as it was on {toMoment(share.updated)}. {toExpiryText(share.expires_at)}
      </p>
      <Switch
        label="Add new answers while Parley is open"
        isOn={share.live}
        onChange={(isOn) => update.mutate(isOn)}
        isDisabled={update.isPending}
      />
      {(update.error ?? remove.error) && <Failure error={update.error ?? remove.error} />}
      <div className="share-actions">
        <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
          Take back
        </Button>
        <Button disabled={update.isPending} onClick={() => update.mutate(share.live)}>
          Show the chat as it is now
        </Button>
      </div>
    </div>
  );
}
