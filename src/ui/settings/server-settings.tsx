import { useQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import { Failure } from "../parts/failure.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { client } from "../state/client.ts";
import { useSession } from "../state/session.ts";
import { Advice } from "./advice.tsx";
import { Places } from "./places.tsx";
import { ProviderTable } from "./provider-table.tsx";
import { SettingList } from "./setting-list.tsx";

/** What the server was told: it can be read here, and changed where it stands. */
export function ServerSettings() {
  const { data: session } = useSession();
  if (session && session.role !== "admin")
    return (
      <section>
        <h2>Settings of the server</h2>
        <p>What the server is set to is shown to admins. Your key is that of a user.</p>
      </section>
    );
  return session ? <Told /> : null;
}

function Told() {
  const { data, error, refetch } = useQuery({
    queryKey: ["settings"],
    queryFn: () => unwrap(client.api.settings.get()),
  });
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <>
      <Places told={data} />
      <Advice told={data} />
      <ProviderTable providers={data.providers} />
      <SettingList settings={data.settings} />
    </>
  );
}
