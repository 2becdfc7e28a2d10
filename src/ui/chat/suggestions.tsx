import { Button } from "../parts/button.tsx";

export interface SuggestionsProps {
  readonly texts: readonly string[];
  readonly onAsk: (text: string) => void;
}

/** What one might ask next. */
export function Suggestions({ texts, onAsk }: SuggestionsProps) {
  if (texts.length === 0) return null;
  return (
    <ul className="chat-suggestions" aria-label="Suggestions">
      {texts.map((text) => (
        <li key={text}>
          <Button onClick={() => onAsk(text)}>{text}</Button>
        </li>
      ))}
    </ul>
  );
}
