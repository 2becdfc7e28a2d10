import { Upload } from "lucide-react";
import { useRef } from "react";
import { Button, type ButtonProps } from "../parts/button.tsx";
import { FileInput } from "../parts/file-input.tsx";

export interface UploadButtonProps extends Pick<ButtonProps, "look"> {
  readonly label: string;
  readonly onFiles: (files: readonly File[]) => void;
}

export function UploadButton({ label, look, onFiles }: UploadButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...(look && { look })} onClick={() => input.current?.click()}>
        <Upload aria-hidden size={16} /> {label}
      </Button>
      <FileInput ref={input} onFiles={onFiles} />
    </>
  );
}
