import { Link } from "wouter";
import type { ProviderSetting } from "../../protocol/settings.ts";
import { TableBox } from "../parts/table-box.tsx";

/** The providers that the settings or the environment mention. */
export function ProviderTable({ providers }: { readonly providers: readonly ProviderSetting[] }) {
  return (
    <section>
      <h2>Providers that were set up</h2>
      {providers.length === 0 ? (
        <p>
          Neither the settings file nor the environment names any. Keys can be entered under{" "}
          <Link href="/models">Models and keys</Link>.
        </p>
      ) : (
        <TableBox label="Providers that were set up">
          <thead>
            <tr>
              <th scope="col">Provider</th>
              <th scope="col">Address</th>
              <th scope="col">Key</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {providers.map(({ name, type, base_url, keys, origin }) => (
              <tr key={name}>
                <th scope="row">{type === name ? name : `${name} (${type})`}</th>
                <td className="settings-address">{base_url ?? "the provider's own"}</td>
                <td>{keys === 0 ? "none" : keys === 1 ? "set" : `${keys} set`}</td>
                <td>{origin}</td>
              </tr>
            ))}
          </tbody>
        </TableBox>
      )}
    </section>
  );
}
