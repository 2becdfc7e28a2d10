import type { Ref } from "react";

export interface FileInputProps {
  /** Whoever presses the button that stands for it clicks it. */
  readonly ref: Ref<HTMLInputElement>;
  readonly onFiles: (files: readonly File[]) => void;
}

/** What opens the browser's own choice of files. */
export function FileInput({ ref, onFiles }: FileInputProps) {
  return (
    <input
      ref={ref}
      type="file"
      multiple
      hidden
      onChange={({ target }) => {
        onFiles([...(target.files ?? [])]);
        // So that the same file can be chosen again.
        target.value = "";
      }}
    />
  );
}
