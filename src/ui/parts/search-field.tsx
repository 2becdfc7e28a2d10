import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useState } from "react";

export interface SearchFieldProps {
  readonly id?: string;
  readonly label: string;
  /** Called with what is looked for, once the person pauses. */
  readonly onSearch: (text: string) => void;
}

const pauseMs = 250;

/** Searches while one types. */
export function SearchField({ id, label, onSearch }: SearchFieldProps) {
  const [text, setText] = useState("");
  const words = text.trim();
  useEffect(() => {
    const timer = setTimeout(() => onSearch(words), words === "" ? 0 : pauseMs);
    return () => clearTimeout(timer);
  }, [words, onSearch]);

  /** Escape ends the search, and not what is around it as well. */
  function clear(event: KeyboardEvent): void {
    if (event.key !== "Escape" || text === "") return;
    event.stopPropagation();
    setText("");
  }

  return (
    <label className="search-field">
      <Search aria-hidden size={16} />
      <span className="visually-hidden">{label}</span>
      <input
        id={id}
        type="search"
        placeholder={label}
        autoComplete="off"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={clear}
      />
    </label>
  );
}
