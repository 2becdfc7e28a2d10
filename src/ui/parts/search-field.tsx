import { Search } from "lucide-react";
import { useEffect, useState } from "react";

export interface SearchFieldProps {
  readonly label: string;
  /** Called with what is looked for, once the person pauses. */
  readonly onSearch: (text: string) => void;
}

const pauseMs = 250;

/** Searches while one types. */
export function SearchField({ label, onSearch }: SearchFieldProps) {
  const [text, setText] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => onSearch(text.trim()), pauseMs);
    return () => clearTimeout(timer);
  }, [text, onSearch]);
  return (
    <label className="search-field">
      <Search aria-hidden size={16} />
      <span className="visually-hidden">{label}</span>
      <input type="search" placeholder={label} value={text} onChange={({ target }) => setText(target.value)} />
    </label>
  );
}
