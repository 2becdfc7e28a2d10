import { SelectField } from "../parts/select-field.tsx";

export interface UserChoiceProps {
  readonly users: readonly { readonly user_id: string; readonly count: number }[];
  /** Whose memories a chat of this page uses. */
  readonly own: string;
  readonly value: string;
  readonly onChange: (user: string) => void;
}

/** Whose memories are shown; nothing where there are only one's own. */
export function UserChoice({ users, own, value, onChange }: UserChoiceProps) {
  const others = users.filter(({ user_id, count }) => user_id !== own && count > 0);
  if (others.length === 0) return null;
  const ownCount = users.find(({ user_id }) => user_id === own)?.count ?? 0;
  return (
    <SelectField
      label="Whose memories"
      className="memory-user"
      value={value}
      onChange={({ target }) => onChange(target.value)}
    >
      <option value={own}>{`Yours (${ownCount})`}</option>
      {others.map(({ user_id, count }) => (
        <option key={user_id} value={user_id}>{`${user_id} (${count})`}</option>
      ))}
    </SelectField>
  );
}
