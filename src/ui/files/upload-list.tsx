import { X } from "lucide-react";
import { IconButton } from "../parts/button.tsx";
import { cancel, dismiss, type Upload, useUploads } from "./uploads.ts";

/** What is on its way, and what of it was not kept. */
export function UploadList() {
  const { uploads } = useUploads();
  return (
    <ul className="files-uploads" aria-label="Uploads">
      {uploads.map((each) => (
        <UploadView key={each.id} upload={each} />
      ))}
    </ul>
  );
}

function UploadView({ upload: { id, names, state, progress, failure, skipped } }: { readonly upload: Upload }) {
  const title = names.length === 1 ? (names[0] ?? "") : `${names[0]} and ${names.length - 1} more`;
  const isGoing = state === "sending" || state === "reading";
  return (
    <li>
      <div className="files-upload-about">
        <span className="files-name">{title}</span>
        {isGoing && (
          <>
            <progress aria-label={`Sending ${title}`} value={state === "sending" ? progress : undefined} max={1} />
            <span className="muted">{state === "sending" ? `${Math.floor(progress * 100)} %` : "Being read…"}</span>
          </>
        )}
        {state === "failed" && (
          <span className="wrong" role="alert">
            {failure}
          </span>
        )}
        {state === "done" && (
          <div className="wrong" role="alert">
            {skipped.length < names.length ? "Kept, but for:" : "Nothing of it was kept:"}
            <ul>
              {skipped.map(({ name, reason }, at) => (
                <li key={at}>
                  {name}: {reason}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
      <IconButton
        label={isGoing ? `Stop sending ${title}` : `Dismiss what is said of ${title}`}
        onClick={() => (isGoing ? cancel(id) : dismiss(id))}
      >
        <X aria-hidden size={16} />
      </IconButton>
    </li>
  );
}
