import type { SettingInfo } from "../../protocol/settings.ts";
import { CodeText } from "./code-text.tsx";
import { isChanged, tellPrecedence, toShown, toSource, toWays } from "./words.ts";

export function SettingRow({ setting }: { readonly setting: SettingInfo }) {
  const { name, description } = setting;
  return (
    <li className={isChanged(setting) ? "settings-row changed" : "settings-row"}>
      <div className="settings-head">
        <h3>
          <code>{name}</code>
        </h3>
        <p>{toShown(setting)}</p>
        <p className="settings-source muted">
          <span className="visually-hidden">From: </span>
          {toSource(setting)}
        </p>
      </div>
      <p className="muted">
        <CodeText text={description} />.
      </p>
      <details>
        <summary>
          How to change it<span className="visually-hidden">: {name}</span>
        </summary>
        <p>
          <CodeText text={tellPrecedence(setting)} /> It holds from the next start of the server.
        </p>
        <dl className="settings-ways">
          {toWays(setting).map(({ where, code }) => (
            <div key={code}>
              <dt className="muted">{where}</dt>
              <dd>
                <code>{code}</code>
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
}
