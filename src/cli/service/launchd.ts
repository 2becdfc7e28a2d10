import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { mark, type Scope, type Served, type Supervisor } from "./supervisor.ts";

const label = "local.parley";

/** launchd.plist(5), launchctl(1) */
export function launchd({ isSystem }: Scope): Supervisor {
  const domain = isSystem ? "system" : `gui/${userInfo().uid}`;
  const folder = isSystem ? "/Library/LaunchDaemons" : join(homedir(), "Library", "LaunchAgents");
  const logFile = isSystem ? "/Library/Logs/parley.log" : join(homedir(), "Library", "Logs", "parley.log");
  const file = join(folder, `${label}.plist`);
  return {
    program: "launchctl",
    dataDirectory: "/Library/Application Support/Parley",
    file,
    // It gives a program no variables but those of the plist, which everybody may read.
    variablesFile: undefined,
    toText: (served) => toPlist(served, isSystem, logFile),
    begin: [{ args: ["bootout", `${domain}/${label}`], mayFail: true }, { args: ["bootstrap", domain, file] }],
    end: [{ args: ["bootout", `${domain}/${label}`], mayFail: true }],
    forget: [],
    state: ["print", `${domain}/${label}`],
    // It tells with the same exit code of one that has ended.
    isRunning: ({ code, said }) => code === 0 && /^\s*state = running$/m.test(said),
    log: `tail -f ${logFile}`,
    notice: undefined,
  };
}

export function toPlist({ command, drainSeconds, user }: Served, isSystem: boolean, logFile: string): string {
  const text = (value: string) => `<string>${Bun.escapeHTML(value)}</string>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${mark}, which writes it anew -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  ${text(label)}
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    ${text(word)}\n`).join("")}  </array>
${isSystem ? `  <key>UserName</key>\n  ${text(user)}\n` : ""}  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ExitTimeOut</key>
  <integer>${Math.ceil(drainSeconds) + 10}</integer>
  <key>Umask</key>
  <integer>63</integer>
  <key>StandardErrorPath</key>
  ${text(logFile)}
  <key>StandardOutPath</key>
  ${text(logFile)}
</dict>
</plist>
`;
}
