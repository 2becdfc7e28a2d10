import { Download, MessageSquarePlus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import type { KeptMedium } from "../../protocol/resources.ts";
import { changeDraft } from "../composer/drafts.ts";
import { toSize } from "../parts/amounts.ts";
import { Button } from "../parts/button.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { Moment } from "../parts/moment.tsx";
import { toDimensions } from "./media.ts";

export interface MediumAboutProps {
  readonly medium: KeptMedium;
  readonly onDelete: () => void;
}

/** Where it comes from, and what can be done with it. */
export function MediumAbout({ medium, onDelete }: MediumAboutProps) {
  const [, navigate] = useLocation();
  const { name, url, prompt, model, provider, created, bytes } = medium;
  const told: readonly (readonly [string, ReactNode])[] = [
    ["Prompt", prompt],
    ["Model", model],
    ["Provider", provider],
    ["Made", <Moment key="made" at={created * 1000} />],
    ["Size", [toDimensions(medium), toSize(bytes)].filter(Boolean).join(", ")],
  ];

  const useAgain = () => {
    changeDraft("new", ({ text }) => ({ text: text.trim() === "" ? prompt : `${text}\n\n${prompt}` }));
    navigate("/");
  };

  return (
    <>
      <dl className="gallery-about">
        {told.map(
          ([term, value]) =>
            value !== "" && (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      <div className="gallery-actions">
        <a className="button" href={url} download={name}>
          <Download aria-hidden size={16} /> Download
        </a>
        <CopyButton label="Copy the link" text={() => new URL(url, location.origin).href} />
        {prompt !== "" && (
          <Button onClick={useAgain}>
            <MessageSquarePlus aria-hidden size={16} /> Use its prompt again
          </Button>
        )}
        <Button look="danger" onClick={onDelete}>
          <Trash2 aria-hidden size={16} /> Delete
        </Button>
      </div>
    </>
  );
}
