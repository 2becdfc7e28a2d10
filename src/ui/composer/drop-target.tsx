import { Upload } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";

export interface DropTargetProps {
  readonly onFiles: (files: readonly File[]) => void;
  readonly label?: string;
}

/** All of the window takes files, and says so while some are held over it. */
export function DropTarget({ onFiles, label = "Drop files to attach them" }: DropTargetProps) {
  const [isOver, setIsOver] = useState(false);
  const take = useEffectEvent(onFiles);
  useEffect(() => {
    const listening = new AbortController();
    const on = (type: "dragenter" | "dragover" | "dragleave" | "drop", react: (event: DragEvent) => void) =>
      document.addEventListener(
        type,
        (event) => {
          if (!event.dataTransfer?.types.includes("Files")) return;
          // Else the browser leaves the page to show the file.
          event.preventDefault();
          react(event);
        },
        listening,
      );
    on("dragenter", () => setIsOver(true));
    on("dragover", () => setIsOver(true));
    // Out of the window, rather than from one element to the next.
    on("dragleave", ({ relatedTarget }) => relatedTarget === null && setIsOver(false));
    on("drop", ({ dataTransfer }) => {
      setIsOver(false);
      take([...(dataTransfer?.files ?? [])]);
    });
    return () => listening.abort();
  }, []);
  if (!isOver) return null;
  return (
    <div className="composer-drop">
      <p>
        <Upload aria-hidden size={20} /> {label}
      </p>
    </div>
  );
}
