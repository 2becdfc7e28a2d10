import { Dialog } from "../parts/dialog.tsx";
import { Failure } from "../parts/failure.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { NewShare } from "./new-share.tsx";
import { useSharesOf } from "./shares-query.ts";
import { SharedChat } from "./shared-chat.tsx";

export interface ShareDialogProps {
  readonly chatId: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Publishes a stored chat, or says where it is published. */
export function ShareDialog({ chatId, isOpen, onClose }: ShareDialogProps) {
  const { data, error, refetch } = useSharesOf(chatId, isOpen);
  const share = data?.[0];
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Share this chat"
      about="Whoever has the link can read it, without a key: the messages, and the pictures and files in them."
    >
      {!data && (error ? <Failure error={error} onRetry={() => void refetch()} /> : <Waiting />)}
      {data &&
        (share ? <SharedChat key={share.share_id} share={share} chatId={chatId} /> : <NewShare chatId={chatId} />)}
    </Dialog>
  );
}
