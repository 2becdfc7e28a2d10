import { useQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import { client } from "../state/client.ts";

export function VersionView() {
  const { data } = useQuery({ queryKey: ["version"], queryFn: () => unwrap(client.api.version.get()) });
  return (
    <section>
      <h2>This server</h2>
      {data && (
        <p>
          Parley {data.version}.{" "}
          {data.latest_version === data.version ? (
            "No newer version is known; the server looks for one where update_check is on."
          ) : (
            <strong>
              There is a newer version, {data.latest_version}: put it in the place of the old one, and start it again.
            </strong>
          )}
        </p>
      )}
      <p>
        <a href="/docs">Documentation of the API</a>
      </p>
    </section>
  );
}
