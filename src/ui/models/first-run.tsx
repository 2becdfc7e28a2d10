import { Link } from "wouter";
import { useEffect } from "react";
import { Button } from "../parts/button.tsx";
import { AddKey } from "./add-key.tsx";
import { answersChats } from "./entries.ts";
import { LookAgain } from "./look-again.tsx";
import { lookAgain } from "./provider-keys.ts";
import { useAskOptions } from "../state/ask-options.ts";
import { useModelPreferences } from "./preferences.ts";
import { PublicProviders } from "./public-providers.tsx";
import { useModels } from "./use-models.ts";

export interface FirstRunProps {
  /** Somebody chose an example to begin with. */
  readonly onExample: (text: string) => void;
}

/** Where a chat is empty: how to begin, or how to get a model. */
export function FirstRun({ onExample }: FirstRunProps) {
  const { entries, isPending, error } = useModels();
  const { provider } = useAskOptions((state) => state.choice);
  const hasAgreed = useModelPreferences(({ agreed }) => provider !== undefined && agreed.includes(provider));
  if (isPending || error !== null) return null;
  // Whoever asks a public service has one, also where its list cannot be read just now.
  const hasModel = hasAgreed || entries.some(answersChats);
  return (
    <section className="models-first" aria-labelledby="models-first-title">
      <h2 id="models-first-title">{hasModel ? "What can I help with?" : "Welcome to Parley"}</h2>
      {!hasModel && <HowToBegin />}
      <ul className="models-examples" aria-label="Examples">
        {(hasModel ? examples : builtInExamples).map((example) => (
          <li key={example}>
            <Button onClick={() => onExample(example)}>{example}</Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const examples = [
  "Explain how a heat pump works, in plain words",
  "Draft a friendly reminder for an unpaid invoice",
  "Write a regular expression for ISO dates, and test it",
  "Plan three days in Lisbon for a family of four",
];

/** What the built-in assistant can answer, which is no language model. */
const builtInExamples = ["What is 15 % of 80?", "How far is 5 km in miles?", "How do I set a key?", "What can you do?"];

const lookMs = 10_000;

function HowToBegin() {
  // What is started meanwhile is found by the server, and shown here without a click.
  useEffect(() => {
    const timer = setInterval(() => void lookAgain(), lookMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <ol className="models-steps">
        <li>No language model is set up yet. The built-in assistant calculates, converts, and knows Parley’s help.</li>
        <li>
          With a key of a vendor you get its models. <AddKey /> <Link href="/models">See all providers</Link>
        </li>
        <li>
          A model on this machine needs no key: start <a href="https://ollama.com/download">Ollama</a>,{" "}
          <a href="https://lmstudio.ai">LM Studio</a> or another, and it is found within half a minute. <LookAgain />
        </li>
      </ol>
      <PublicProviders />
    </>
  );
}
