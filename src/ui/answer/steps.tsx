import type { Step } from "./answer-state.ts";

/** What it did on the way to the answer: the last of it, and the rest on demand. */
export function Steps({ steps }: { readonly steps: readonly Step[] }) {
  const last = steps.at(-1);
  if (!last) return null;
  if (steps.length === 1) return <p className="answer-note">{toText(last)}</p>;
  return (
    <details className="answer-fold">
      <summary>{`${steps.length} steps`}</summary>
      <ol>
        {steps.map((step, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}>
            <bdi>{toText(step)}</bdi>
          </li>
        ))}
      </ol>
    </details>
  );
}

function toText({ label, status }: Step): string {
  return [label && label[0]?.toUpperCase() + label.slice(1), status].filter(Boolean).join(": ");
}
