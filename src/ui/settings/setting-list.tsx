import { useState } from "react";
import type { SettingInfo } from "../../protocol/settings.ts";
import { SearchField } from "../parts/search-field.tsx";
import { Segments } from "../parts/segments.tsx";
import { SettingRow } from "./setting-row.tsx";
import { isChanged, type Shown, toFound } from "./words.ts";

export function SettingList({ settings }: { readonly settings: readonly SettingInfo[] }) {
  const [search, setSearch] = useState("");
  const [shown, setShown] = useState<Shown>("all");
  const found = toFound(settings, shown, search);
  const choices = [
    { value: "all", label: `All ${settings.length}` },
    { value: "changed", label: `Changed ${settings.filter(isChanged).length}` },
  ] as const;
  return (
    <section aria-labelledby="settings-all">
      <h2 id="settings-all">Settings of the server</h2>
      <div className="settings-tools">
        <SearchField label="Search settings" onSearch={setSearch} />
        <Segments label="Which settings" value={shown} choices={choices} onChange={setShown} />
      </div>
      <p className="visually-hidden" role="status">
        {found.length === 1 ? "1 setting" : `${found.length} settings`}
      </p>
      {found.length === 0 && (
        <p>{search === "" ? "Nothing was changed: all is as it came." : "No setting is like that."}</p>
      )}
      <ul className="settings-list">
        {found.map((setting) => (
          <SettingRow key={setting.name} setting={setting} />
        ))}
      </ul>
    </section>
  );
}
