import { useQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import type { ModelChoice } from "../state/ask-options.ts";
import { client } from "../state/client.ts";
import { type Attachment, hasPicture } from "./attachment.ts";

export interface PictureWarningProps {
  readonly attachments: readonly Attachment[];
  readonly choices: readonly ModelChoice[];
}

/** Where a picture is attached, and who was chosen is known not to see any. The router chooses one that does. */
export function PictureWarning({ attachments, choices }: PictureWarningProps) {
  const isAsked = attachments.some(hasPicture);
  const { data: models = [] } = useQuery({
    queryKey: ["models"],
    queryFn: () => unwrap(client.api.models.get({ query: {} })),
    enabled: isAsked,
  });
  const blind = choices.filter(({ model }) => models.some(({ name, vision }) => name === model && !vision));
  if (!isAsked || blind.length === 0) return null;
  return (
    <p className="composer-warning" role="status">
      {blind.map(({ model }) => model).join(" and ")} cannot see pictures. Choose another model, or Auto.
    </p>
  );
}
