import { Paperclip } from "lucide-react";
import { useRef } from "react";
import { IconButton } from "../parts/button.tsx";
import { FileInput } from "../parts/file-input.tsx";

export function AttachButton({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label="Attach files" onClick={() => input.current?.click()}>
        <Paperclip aria-hidden size={18} />
      </IconButton>
      <FileInput ref={input} onFiles={onFiles} />
    </>
  );
}
