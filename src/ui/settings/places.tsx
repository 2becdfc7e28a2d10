import type { ServerSettings } from "../../protocol/settings.ts";

/** Where the server keeps what it has, and where it reads what it is told. */
export function Places({ told }: { readonly told: ServerSettings }) {
  const directory = told.settings.find(({ name }) => name === "data_dir")?.value;
  return (
    <section>
      <h2>Where things are</h2>
      <dl className="settings-facts">
        <div>
          <dt>Data</dt>
          <dd>
            <code>{String(directory)}</code>
          </dd>
        </div>
        <div>
          <dt>Settings file</dt>
          <dd>
            {told.file === null ? (
              <>
                none; <code>parley config init</code> writes one to begin with
              </>
            ) : (
              <code>{told.file}</code>
            )}
          </dd>
        </div>
      </dl>
    </section>
  );
}
