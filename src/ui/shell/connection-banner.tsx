import { useQuery } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { unwrap } from "../../../client/index.ts";
import { client } from "../state/client.ts";
import { useConnection } from "../state/channel.ts";

const pauseMs = { reached: 20_000, lost: 2_000 };
const goodNewsMs = 4_000;

/** Says that the server cannot be reached, for as long as that is so, and that it can be again. */
export function ConnectionBanner() {
  const trouble = useTrouble();
  const [isBack, setIsBack] = useState(false);
  const [had, setHad] = useState(trouble);
  if (had !== trouble) {
    setHad(trouble);
    setIsBack(trouble === undefined);
  }
  useEffect(() => {
    if (!isBack) return;
    const timer = setTimeout(() => setIsBack(false), goodNewsMs);
    return () => clearTimeout(timer);
  }, [isBack]);
  return (
    <div className="connection" role="status">
      {trouble !== undefined && (
        <p className="connection-lost">
          <WifiOff aria-hidden size={16} /> {trouble}
        </p>
      )}
      {trouble === undefined && isBack && <p className="connection-back">Connected again.</p>}
    </div>
  );
}

function useTrouble(): string | undefined {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  const { state } = useConnection();
  const { failureCount } = useQuery({
    queryKey: ["reachable"],
    queryFn: () => unwrap(client.api.version.get()),
    retry: true,
    retryDelay: pauseMs.lost,
    refetchInterval: pauseMs.reached,
    refetchOnReconnect: "always",
  });
  if (!isOnline) return "This device is offline. What you write is kept here, and it goes on once you are back.";
  if (failureCount > 0 || state === "reconnecting") return "The server cannot be reached. Trying again…";
  return undefined;
}

function subscribe(onChange: () => void): () => void {
  addEventListener("online", onChange);
  addEventListener("offline", onChange);
  return () => {
    removeEventListener("online", onChange);
    removeEventListener("offline", onChange);
  };
}
