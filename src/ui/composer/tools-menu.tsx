import { Menu as Base } from "@base-ui/react/menu";
import { Check, Wrench } from "lucide-react";
import { useId } from "react";
import type { ToolServer } from "../../protocol/tools.ts";
import { useAskOptions } from "../state/ask-options.ts";
import { refreshToolServers, useToolServers } from "../state/tool-servers.ts";

/** Whose tools the model may call; nothing where none are set up. */
export function ToolsMenu() {
  const id = useId();
  const servers = useToolServers();
  const asked = useAskOptions(({ tools }) => tools);
  if (servers.length === 0) return null;
  const isChosen = ({ name, always }: ToolServer) => (asked ? asked.includes(name) : always);
  const chosen = servers.filter(isChosen);
  const choose = (server: ToolServer, isOn: boolean) => {
    const tools = servers.filter((each) => (each === server ? isOn : isChosen(each))).map(({ name }) => name);
    useAskOptions.setState({ tools });
  };
  const state = chosen.length === 0 ? "Tools: off" : `Tools: ${chosen.map(({ name }) => name).join(", ")}`;
  return (
    <Base.Root onOpenChange={(isOpen) => isOpen && refreshToolServers()}>
      <Base.Trigger
        className={`button quiet composer-switch ${chosen.length === 0 ? "" : "on"}`}
        aria-label={state}
        title="Tools that the model may call"
      >
        <Wrench aria-hidden size={18} />
        {chosen.length > 0 && <span className="composer-switch-state">{chosen.length === 1 ? state : "Tools"}</span>}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} side="top" align="start" className="positioner">
          <Base.Popup className="menu composer-choices" aria-label="Tools">
            {servers.map((server) => (
              <Base.CheckboxItem
                key={server.name}
                className="menu-entry"
                checked={isChosen(server)}
                onCheckedChange={(isOn) => choose(server, isOn)}
                aria-labelledby={`${id}-${server.name}`}
                aria-describedby={`${id}-${server.name}-about`}
              >
                <span>
                  <span id={`${id}-${server.name}`}>{server.name}</span>
                  <span id={`${id}-${server.name}-about`} className="muted composer-tools-about">
                    {aboutOf(server)}
                  </span>
                </span>
                <Base.CheckboxItemIndicator>
                  <Check aria-hidden size={16} />
                </Base.CheckboxItemIndicator>
              </Base.CheckboxItem>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function aboutOf({ state, reason, tools }: ToolServer): string {
  if (reason !== null) return `Cannot be used now: ${reason}.`;
  if (state === "up" && tools.length === 0) return "It has no tools that may be called.";
  return tools.map(({ title, name }) => title ?? name).join(", ") || "Its tools are known once it was used.";
}
