import { keyOf } from "../models/entries.ts";
import { useModels } from "../models/use-models.ts";
import type { ModelChoice } from "../state/ask-options.ts";
import { type Attachment, hasPicture } from "./attachment.ts";

export interface PictureWarningProps {
  readonly attachments: readonly Attachment[];
  readonly choices: readonly ModelChoice[];
}

/** Where a picture is attached, and who was chosen is known not to see any. The router chooses one that does. */
export function PictureWarning({ attachments, choices }: PictureWarningProps) {
  const { entries } = useModels();
  if (!attachments.some(hasPicture)) return null;
  const blind = entries.filter(({ choice, offer }) => {
    const isChosen = choices.some((each) => keyOf(each) === keyOf(choice));
    return isChosen && offer !== undefined && !offer.vision;
  });
  if (blind.length === 0) return null;
  return (
    <p className="composer-warning" role="status">
      {blind.map(({ label }) => label).join(" and ")} cannot see pictures. Choose another model, or Auto.
    </p>
  );
}
