import { homedir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../../config/error.ts";
import { mark, type Scope, type Served, type Supervisor } from "./supervisor.ts";

/** https://www.freedesktop.org/software/systemd/man/systemd.exec.html */
export function systemd({ isSystem, environment }: Scope): Supervisor {
  const settings = environment.XDG_CONFIG_HOME?.startsWith("/") ? environment.XDG_CONFIG_HOME : undefined;
  const folder = settings ?? join(homedir(), ".config");
  const scope = isSystem ? [] : ["--user"];
  const variablesFile = isSystem ? "/etc/parley/parley.env" : join(folder, "parley", "parley.env");
  return {
    program: "systemctl",
    dataDirectory: "/var/lib/parley",
    file: isSystem ? "/etc/systemd/system/parley.service" : join(folder, "systemd", "user", "parley.service"),
    variablesFile,
    toText: (served) => toUnit(served, isSystem, variablesFile),
    begin: [
      { args: [...scope, "daemon-reload"] },
      { args: [...scope, "enable", "parley.service"] },
      // Started anew where it ran: it may be another program by now.
      { args: [...scope, "restart", "parley.service"] },
    ],
    end: [{ args: [...scope, "disable", "--now", "parley.service"], mayFail: true }],
    forget: [{ args: [...scope, "daemon-reload"], mayFail: true }],
    state: [...scope, "is-active", "parley.service"],
    isRunning: ({ code }) => code === 0,
    log: `journalctl ${isSystem ? "" : "--user "}-u parley`,
    notice: isSystem ? undefined : "It ends when you log out, unless you have said once: loginctl enable-linger",
  };
}

function toUnit(served: Served, isSystem: boolean, variablesFile: string): string {
  const { command, drainSeconds } = served;
  return `# ${mark}, which writes it anew; what you change belongs into: systemctl ${isSystem ? "" : "--user "}edit parley
[Unit]
Description=Parley, an AI back end
${isSystem ? "Wants=network-online.target\nAfter=network-online.target\n" : ""}
[Service]
Type=exec
ExecStart=${command.map(toWord).join(" ")}
${isSystem ? "# Where parley/parley.yaml is looked for.\nEnvironment=XDG_CONFIG_HOME=/etc\n" : ""}# Lines such as OPENAI_API_KEY=sk-…; only those should be able to read it whom the keys belong to.
EnvironmentFile=-${escapePercent(variablesFile)}
UMask=0077
Restart=on-failure
RestartSec=2
# Wrong settings are not cured by another start.
RestartPreventExitStatus=2
# Running answers may end first, for ${drainSeconds} s; what converts documents is ended by the server.
TimeoutStopSec=${Math.ceil(drainSeconds) + 10}
KillMode=mixed
LimitNOFILE=65536
NoNewPrivileges=yes
${isSystem ? toSandbox(served) : ""}
[Install]
WantedBy=${isSystem ? "multi-user.target" : "default.target"}
`;
}

/** MemoryDenyWriteExecute is missing on purpose: code is compiled while it runs. So is a filter of /proc: we read our own. */
function toSandbox({ dataDirectory, port, user }: Served): string {
  const state = /^\/var\/lib\/([\w.-]+)$/.exec(dataDirectory)?.[1];
  const capability = port > 0 && port < 1024 ? "CAP_NET_BIND_SERVICE" : "";
  return `User=${user}
${state === undefined ? `ReadWritePaths=${toWord(dataDirectory)}` : `StateDirectory=${state}\nStateDirectoryMode=0700`}
CapabilityBoundingSet=${capability}
AmbientCapabilities=${capability}
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
`;
}

/** A word of a command line, as systemd reads it. @throws {ConfigError} */
function toWord(word: string, place = 1): string {
  if (/\p{Cc}/u.test(word)) throw new ConfigError("a path or setting with a line's end in it cannot go into a unit");
  if (/^[\w@+:,./=-]+$/.test(word)) return word;
  const escaped = escapePercent(word).replace(/[\\"]/g, "\\$&");
  // Variables are put into arguments, and not into the program's own path.
  return `"${place === 0 ? escaped : escaped.replaceAll("$", "$$$$")}"`;
}

function escapePercent(text: string): string {
  return text.replaceAll("%", "%%");
}
