import { Page } from "../parts/page.tsx";
import { BrowserSettings } from "./browser-settings.tsx";
import { ServerSettings } from "./server-settings.tsx";
import { VersionView } from "./version-view.tsx";

export default function SettingsPage() {
  return (
    <Page
      title="Settings"
      about="The server is told what it does by a file, by its environment and by flags. Here you read what holds, and how to change it."
    >
      <BrowserSettings />
      <VersionView />
      <ServerSettings />
    </Page>
  );
}
