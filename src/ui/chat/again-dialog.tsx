import { useState } from "react";
import { ModelPicker } from "../models/model-picker.tsx";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { useAskOptions } from "../state/ask-options.ts";
import { askAgain } from "./ask.ts";
import { useChatId } from "./chat-id.ts";

/** The same question to somebody else. */
export function AgainDialog({ questionId, onClose }: { readonly questionId: string; readonly onClose: () => void }) {
  const chatId = useChatId();
  const [choice, setChoice] = useState(useAskOptions.getState().choice);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Answer again with …"
      about="The new answer stands beside this one. The model of your next questions stays as it is."
    >
      <div className="dialog-actions">
        <ModelPicker label="Model" value={choice} onChange={setChoice} />
        <Button look="primary" onClick={onAsk}>
          Ask this model
        </Button>
      </div>
    </Dialog>
  );

  function onAsk(): void {
    onClose();
    void askAgain(chatId, questionId, undefined, choice);
  }
}
