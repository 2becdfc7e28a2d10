import { TriangleAlert } from "lucide-react";
import type { ServerSettings } from "../../protocol/settings.ts";
import { CodeText } from "./code-text.tsx";

/** What seems wrong, and what would make more models available. */
export function Advice({ told: { warnings, advice } }: { readonly told: ServerSettings }) {
  return (
    <>
      {warnings.length > 0 && (
        <section>
          <h2>Worth a look</h2>
          <ul className="settings-warnings">
            {warnings.map((warning) => (
              <li key={warning}>
                <TriangleAlert aria-hidden size={16} />
                <span>
                  <CodeText text={warning} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {advice.length > 0 && (
        <section>
          <h2>More models</h2>
          <ul className="settings-advice">
            {advice.map((each) => (
              <li key={each}>
                <CodeText text={each} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
